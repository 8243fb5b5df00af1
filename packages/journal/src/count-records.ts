import { join } from 'node:path';
import type { Files } from './files.ts';
import { RECORD_BYTES_MAX } from './limits.ts';
import type { SegmentName } from './segment-name.ts';
import { SegmentReader } from './segment-reader.ts';

/** A file of which only the header was looked at. */
export interface FoundSegment extends SegmentName {
  readonly sizeBytes: number;
  /** Null when the header is damaged. */
  readonly previousSequence: number | null;
}

interface CountOptions {
  readonly dir: string;
  readonly files: Files;
  /** In order; the last one ends with frame `lastSequence`. */
  readonly found: readonly FoundSegment[];
  readonly lastSequence: number;
  readonly after: number;
}

/**
 * How many records a reader behind `after` will give or report as lost. Mostly the headers tell: only where sequences
 * were given to appends that were refused, or a header is damaged, the frames are walked over.
 */
export async function countRecords({ dir, files, found, lastSequence, after }: CountOptions): Promise<number> {
  let count = 0;
  let position = after;
  let hasTail = false;
  const first = found.findLastIndex(({ firstSequence }) => firstSequence <= after + 1);
  for (let index = Math.max(0, first); index < found.length; index++) {
    const segment = found[index];
    if (segment === undefined) break;
    const next = found[index + 1];
    const end = await endOf({ dir, files, segment, next, lastSequence });
    if (end.isStarted) {
      const acknowledged = segment.previousSequence ?? (hasTail ? segment.firstSequence - 1 : 0);
      count += Math.max(0, acknowledged - position);
      position = Math.max(position, acknowledged);
      hasTail = false;
    }
    count += Math.max(0, end.lastSequence - Math.max(position, segment.firstSequence - 1));
    position = Math.max(position, end.lastSequence);
    hasTail ||= end.hasTail;
  }
  return count;
}

interface SegmentEnd {
  /** Of its last frame; 0 without frames. */
  readonly lastSequence: number;
  /** Bytes that are no frame follow. */
  readonly hasTail: boolean;
  /** Its header or a frame can be read. */
  readonly isStarted: boolean;
}

interface EndOptions extends Pick<CountOptions, 'dir' | 'files' | 'lastSequence'> {
  readonly segment: FoundSegment;
  readonly next: FoundSegment | undefined;
}

async function endOf({ dir, files, segment, next, lastSequence }: EndOptions): Promise<SegmentEnd> {
  if (next === undefined) return { lastSequence, hasTail: false, isStarted: true };
  // The next header says that all up to it was acknowledged: whatever is here, that many are given or lost.
  if (segment.previousSequence !== null && next.previousSequence === next.firstSequence - 1)
    return { lastSequence: next.previousSequence, hasTail: false, isStarted: true };
  const file = await files.open(join(dir, segment.name), 'read');
  try {
    // Damage is reported by whoever reads the records.
    const reader = new SegmentReader(file, segment, { damaged: () => undefined });
    const isStarted = await reader.start(true);
    await walkToEnd(reader, next.firstSequence);
    return { lastSequence: reader.lastSequence ?? 0, hasTail: reader.tail !== null, isStarted };
  } finally {
    await file.close();
  }
}

/** Walks over all frames and keeps none. `before`: where the next file begins. */
export async function walkToEnd(reader: SegmentReader, before: number): Promise<void> {
  const all = Number.POSITIVE_INFINITY;
  await reader.read({ after: all, committed: all, before, bytesMax: RECORD_BYTES_MAX, final: true }, []);
}
