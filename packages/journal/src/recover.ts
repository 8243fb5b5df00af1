import { join } from 'node:path';
import { decodeHeader, HEADER_BYTES } from './frame.ts';
import { isMissing, type Files } from './files.ts';
import { JournalError, type JournalEvents } from './journal.ts';
import { RECORD_BYTES_MAX } from './limits.ts';
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
}

interface RecoverOptions {
  readonly dir: string;
  readonly files: Files;
  readonly events: JournalEvents;
}

/**
 * Takes stock of a folder nobody writes to. Only the end is read: the last file's torn tail is cut, files at the
 * end without any record are removed, and what is left there is synced, so that all of it counts as committed.
 */
export async function recoverSegments({ dir, files, events }: RecoverOptions): Promise<Recovered> {
  const names = pickSegmentNames(await files.list(dir));
  const sizes = new Map<string, number>();
  // Nothing is touched before every version is known.
  for (const { name } of names) sizes.set(name, await checkVersion(files, dir, name));

  let lastSequence = 0;
  let end: Segment | null = null;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const found = await recoverLast({ dir, files, events }, name);
    if (found === null) continue;
    lastSequence = found.lastSequence;
    end = found;
    break;
  }
  // The names too: a crash can have come between a file's sync and its folder's.
  if (end !== null) await files.syncFolder(dir);
  const segments: Segment[] = [];
  if (end !== null) segments.push(end);
  let next: SegmentName | null = end;
  for (const { name, firstSequence } of names.toReversed()) {
    const last = (next?.firstSequence ?? firstSequence) - 1;
    next = { name, firstSequence };
    segments.unshift({ ...next, lastSequence: last, sizeBytes: sizes.get(name) ?? 0 });
  }
  return { segments, lastSequence };
}

async function checkVersion(files: Files, dir: string, name: string): Promise<number> {
  const file = await files.open(join(dir, name), 'read');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    let filled = 0;
    for (let got = -1; got !== 0 && filled < HEADER_BYTES; filled += got) {
      got = await file.read(header, filled, HEADER_BYTES - filled, filled);
    }
    const decoded = decodeHeader(header);
    if (!decoded.ok && decoded.problem.code === 'unknown-version') {
      throw new JournalError('unknown-version', `${join(dir, name)} has format version ${decoded.problem.version}`);
    }
    return await file.sizeBytes();
  } finally {
    await file.close();
  }
}

async function recoverLast({ dir, files, events }: RecoverOptions, name: SegmentName): Promise<Segment | null> {
  const path = join(dir, name.name);
  const file = await files.open(path, 'write');
  try {
    const reader = new SegmentReader(file, name, events);
    const all = Number.POSITIVE_INFINITY;
    await reader.read({ after: all, committed: all, bytesMax: RECORD_BYTES_MAX, final: true }, []);
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
    return { ...name, lastSequence: reader.lastSequence, sizeBytes: reader.goodEndOffset };
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
