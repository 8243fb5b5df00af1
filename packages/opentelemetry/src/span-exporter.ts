import { toDocumentTexts, type IndexedAttributes } from '@fluoroscope/model';
import { sendDocument } from '@fluoroscope/sdk';
import { toOtlpGroup, type EndedSpan } from './otlp-group.ts';

export interface XRaySpanExporterOptions {
  /** Attributes that become annotations, beside those that a span lists in `aws.xray.annotations`: their keys, or all. */
  readonly indexedAttributes?: 'all' | readonly string[];
}

/** What an export came to: 0 it went out, 1 it failed. */
export interface ExportResult {
  readonly code: 0 | 1;
  readonly error?: Error;
}

/**
 * For OpenTelemetry's span processors: each span becomes the document that the server's OTLP receivers would make of it, and goes to the X-Ray daemon by
 * UDP, over the socket that the SDK's own segments take (`AWS_XRAY_DAEMON_ADDRESS`, `setDaemonAddress`). What is lost is counted by `getSendCounts`.
 */
export class XRaySpanExporter {
  readonly #indexed: IndexedAttributes;
  #closed = false;

  constructor({ indexedAttributes = [] }: XRaySpanExporterOptions = {}) {
    this.#indexed = indexedAttributes === 'all' ? 'all' : new Set(indexedAttributes);
  }

  export(spans: readonly EndedSpan[], done: (result: ExportResult) => void): void {
    if (this.#closed) {
      done({ code: 1, error: new Error('The exporter has been shut down.') });
      return;
    }
    let failed: Error | undefined;
    for (const span of spans) {
      // One that cannot be translated does not take the others with it.
      try {
        for (const text of toDocumentTexts([toOtlpGroup(span)], { indexed: this.#indexed })) sendDocument(text);
      } catch (error) {
        failed = error instanceof Error ? error : new Error(String(error));
      }
    }
    done(failed === undefined ? { code: 0 } : { code: 1, error: failed });
  }

  shutdown(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Nothing waits here. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }
}
