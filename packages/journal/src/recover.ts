import { join } from 'node:path';
import { countRecords, walkToEnd, type FoundSegment } from './count-records.ts';
import { decodeHeader, HEADER_BYTES } from './frame.ts';
import { isMissing, type Files } from './files.ts';
import { JournalError, type JournalEvents } from './journal.ts';
import { pickSegmentNames, type SegmentName } from './segment-name.ts';
import { SegmentReader } from './segment-reader.ts';

/** A finished file. */
export interface Segment extends SegmentName {
  /** No record in it has a higher sequence. */
  readonly lastSequence: number;
  readonly sizeBytes: number;
}

export interface Recovered {
  readonly segments: Segment[];
  /** 0 when the folder holds no record. */
  readonly lastSequence: number;
  /** Of those behind `after`. */
  readonly recordCount: number;
}

interface RecoverOptions {
  readonly dir: string;
  /** Records up to this sequence are of no interest: the store has them. */
  readonly after: number;
  readonly files: Files;
  readonly events: JournalEvents;
}

/**
 * Takes stock of a folder nobody writes to. Only the end is read: the last file's torn tail is cut, files at the
 * end without any record are removed, and what is left there is synced, so that all of it counts as committed.
 */
export async function recoverSegments(options: RecoverOptions): Promise<Recovered> {
  const { dir, after, files } = options;
  const found: FoundSegment[] = [];
  // Nothing is touched before every version is known.
  for (const name of pickSegmentNames(await files.list(dir))) found.push(await lookInto(files, dir, name));

  let end: Segment | null = null;
  while (end === null) {
    const last = found.at(-1);
    if (last === undefined) return { segments: [], lastSequence: 0, recordCount: 0 };
    end = await recoverLast(options, last);
    if (end === null) found.pop();
  }
  // The names too: a crash can have come between a file's sync and its folder's.
  await files.syncFolder(dir);
  const segments = found.map(({ name, firstSequence, sizeBytes }, index) => {
    const next = found[index + 1];
    return { name, firstSequence, sizeBytes, lastSequence: next === undefined ? 0 : next.firstSequence - 1 };
  });
  segments.splice(-1, 1, end);
  const { lastSequence } = end;
  return { segments, lastSequence, recordCount: await countRecords({ dir, files, found, lastSequence, after }) };
}

async function lookInto(files: Files, dir: string, segment: SegmentName): Promise<FoundSegment> {
  const path = join(dir, segment.name);
  const file = await files.open(path, 'read');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    let filled = 0;
    for (let got = -1; got !== 0 && filled < HEADER_BYTES; filled += got) {
      got = await file.read(header, filled, HEADER_BYTES - filled, filled);
    }
    const decoded = decodeHeader(header);
    if (!decoded.ok && decoded.problem.code === 'unknown-version') {
      throw new JournalError('unknown-version', `${path} has format version ${decoded.problem.version}`);
    }
    const isOwn = decoded.ok && decoded.value.firstSequence === segment.firstSequence;
    const previousSequence = isOwn ? decoded.value.previousSequence : null;
    return { ...segment, sizeBytes: await file.sizeBytes(), previousSequence };
  } finally {
    await file.close();
  }
}

async function recoverLast({ dir, files, events }: RecoverOptions, name: SegmentName): Promise<Segment | null> {
  const path = join(dir, name.name);
  const file = await files.open(path, 'write');
  try {
    const reader = new SegmentReader(file, name, events);
    await walkToEnd(reader, Number.POSITIVE_INFINITY);
    if (reader.tail !== null) {
      const afterSequence = reader.lastSequence ?? reader.previousSequence ?? name.firstSequence - 1;
      events.damaged({ kind: 'tail', file: name.name, ...reader.tail, afterSequence, beforeSequence: null });
    }
    if (reader.lastSequence === null) {
      await removeSegment(files, path);
      await files.syncFolder(dir);
      return null;
    }
    if (reader.tail !== null) await file.truncate(reader.goodEndOffset);
    await file.sync();
    return {
      name: name.name,
      firstSequence: name.firstSequence,
      lastSequence: reader.lastSequence,
      sizeBytes: reader.goodEndOffset,
    };
  } finally {
    await file.close();
  }
}

export async function removeSegment(files: Files, path: string): Promise<void> {
  try {
    await files.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
