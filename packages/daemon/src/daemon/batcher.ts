import { BATCH_DOCUMENTS_MAX, encodePutTraceSegments } from '@fluoroscope/pipeline/xray';
import { BATCH_WAIT_MS } from './limits.ts';

/** What one call carries. */
export interface Batch {
  readonly segments: number;
  /** A PutTraceSegments body; nobody writes to it. */
  readonly body: Buffer;
}

export interface Batcher extends Disposable {
  readonly add: (document: string) => void;
  /** What has gathered goes now. */
  readonly flush: () => void;
  /** UTF-16 units that have gathered, as a measure of memory. */
  readonly size: () => number;
}

/** Hands on 50 documents at a time, or what has gathered after a second. */
export function createBatcher(onBatch: (batch: Batch) => void, waitMs: number = BATCH_WAIT_MS): Batcher {
  let documents: string[] = [];
  let size = 0;
  const timer = setTimeout(flush, waitMs);

  function flush(): void {
    timer.refresh();
    if (documents.length === 0) return;
    const batch = { segments: documents.length, body: Buffer.from(encodePutTraceSegments(documents)) };
    documents = [];
    size = 0;
    onBatch(batch);
  }

  return {
    add(document) {
      documents.push(document);
      size += document.length;
      if (documents.length === BATCH_DOCUMENTS_MAX) flush();
    },
    flush,
    size: () => size,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
