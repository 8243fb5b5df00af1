import { join } from 'node:path';
import { framedBytes, HEADER_BYTES } from './frame.ts';
import { diskFiles, type Files } from './files.ts';
import { JournalError, type Durability, type Journal, type JournalEvents, type JournalStats } from './journal.ts';
import {
  FILE_BYTES_MAX,
  FILES_WHEN_FULL_MIN,
  GROUP_BYTES_MAX,
  GROUP_SPACING_MS,
  PENDING_BYTES_MAX,
  RECORD_BYTES_MAX,
} from './limits.ts';
import { sealedBytes, sealRecords, type RecordSealer } from './record-sealer.ts';
import { recoverSegments, removeSegment, type Recovered, type Segment } from './recover.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface JournalOptions {
  /** Made when missing. One process writes to it at a time: the caller sees to that. */
  readonly dir: string;
  /** Of all files not yet let go. An append that would exceed it is refused as `full`. */
  readonly sizeBytesMax: number;
  readonly fileBytesMax?: number;
  readonly durability: Durability;
  /** Sequences go on from here, or above what is found on disk if that is higher. */
  readonly nextSequence: number;
  readonly groupSpacingMs?: number;
  readonly files?: Files;
  /** Asked at each append: what its records are sealed with; null leaves them as they are. */
  readonly sealer?: () => RecordSealer | null;
  readonly events: JournalEvents;
}

/** Rejects with `unknown-version`, or with `unreadable` when the disk refused anything. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const files = options.files ?? diskFiles;
  let damagedCount = 0;
  const events: JournalEvents = {
    damaged(detail) {
      damagedCount++;
      options.events.damaged(detail);
    },
  };
  try {
    await files.makeFolder(options.dir);
    const recovered = await recoverSegments({
      dir: options.dir,
      after: options.nextSequence - 1,
      files,
      events,
    });
    return new FileJournal({ ...options, files }, recovered, damagedCount);
  } catch (cause) {
    if (cause instanceof JournalError) throw cause;
    throw new JournalError('unreadable', `${options.dir} cannot be opened: ${reasonOf(cause)}`, { cause });
  }
}

interface Call {
  readonly records: readonly Uint8Array[];
  readonly sealer: RecordSealer | null;
  /** As they will be framed. */
  readonly bytes: number;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: JournalError) => void;
}

class FileJournal implements Journal {
  readonly #options: JournalOptions & { readonly files: Files };
  readonly #fileBytesMax: number;
  readonly #spacingMs: number;
  readonly #damagedCount: number;
  readonly #recoveredRecords: number;
  #segments: Segment[];
  #finishedBytes: number;
  #writer: SegmentWriter | null = null;
  #nextSequence: number;
  #committedSequence: number;
  #releasedSequence = 0;
  #wasFull = false;

  #queue: Call[] = [];
  /** Accepted and neither acknowledged nor refused. */
  #pendingBytes = 0;
  #running: Promise<void> | null = null;
  #lastGroupStartedMs = 0;
  #lastGroupWasShared = false;
  /** Writing and letting go of files take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;

  #appendedRecords = 0;
  #syncCount = 0;
  #failing: string | null = null;

  constructor(options: JournalOptions & { readonly files: Files }, recovered: Recovered, damagedCount: number) {
    this.#options = options;
    this.#fileBytesMax = Math.min(
      options.fileBytesMax ?? FILE_BYTES_MAX,
      Math.floor(options.sizeBytesMax / FILES_WHEN_FULL_MIN),
    );
    // Without a sync there is nothing to save by waiting.
    this.#spacingMs = options.groupSpacingMs ?? (options.durability === 'fsync' ? GROUP_SPACING_MS : 0);
    this.#damagedCount = damagedCount;
    this.#recoveredRecords = recovered.recordCount;
    this.#segments = recovered.segments;
    this.#finishedBytes = sumBytes(recovered.segments);
    this.#committedSequence = Math.max(recovered.lastSequence, options.nextSequence - 1);
    this.#nextSequence = this.#committedSequence + 1;
  }

  get committedSequence(): number {
    return this.#committedSequence;
  }

  append(records: readonly Uint8Array[]): Promise<number> {
    if (records.length === 0 && this.#closing === null) return Promise.resolve(this.#committedSequence);
    const sealer = this.#options.sealer?.() ?? null;
    const bytes = framedBytes(records) + sealedBytes(sealer, records.length);
    const problem = this.#whyRefused(records, bytes, sealedBytes(sealer, 1));
    if (problem !== null) return Promise.reject(problem);
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, sealer, bytes, resolve, reject });
      this.#pendingBytes += bytes;
      this.#running ??= this.#run();
    });
  }

  async release(sequence: number): Promise<void> {
    if (this.#closing !== null) throw closed();
    this.#releasedSequence = Math.max(this.#releasedSequence, sequence);
    await this.#inTurn(() => this.#dropReleased());
  }

  stats(): JournalStats {
    return {
      kind: 'file',
      sizeBytes: this.#sizeBytes,
      sizeBytesMax: this.#options.sizeBytesMax,
      fileCount: this.#segments.length + (this.#writer === null ? 0 : 1),
      appendedRecords: this.#appendedRecords,
      syncCount: this.#syncCount,
      failing: this.#failing,
      damagedCount: this.#damagedCount,
      recoveredRecords: this.#recoveredRecords,
    };
  }

  /** What was accepted before is still written. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#running;
    await this.#inTurn(() => this.#finishWriter());
  }

  get #sizeBytes(): number {
    return this.#finishedBytes + (this.#writer?.sizeBytes ?? 0);
  }

  #whyRefused(records: readonly Uint8Array[], bytes: number, overheadBytes: number): JournalError | null {
    if (this.#closing !== null) return closed();
    if (records.some((record) => record.byteLength + overheadBytes > RECORD_BYTES_MAX)) {
      return new JournalError('too-large', `a record exceeds ${RECORD_BYTES_MAX} bytes`);
    }
    const { sizeBytesMax } = this.#options;
    if (this.#sizeBytes + this.#pendingBytes + bytes + HEADER_BYTES > sizeBytesMax) {
      this.#wasFull = true;
      return new JournalError('full', `${this.#sizeBytes + this.#pendingBytes} of ${sizeBytesMax} bytes are in use`);
    }
    if (this.#pendingBytes + bytes > PENDING_BYTES_MAX) {
      return new JournalError('full', `${this.#pendingBytes} bytes are waiting for the disk`);
    }
    return null;
  }

  async #run(): Promise<void> {
    // All that one turn of the event loop brings goes into one group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      if (this.#lastGroupWasShared) await this.#keepSpacing();
      await this.#inTurn(() => this.#commit(this.#takeGroup()));
    }
    this.#running = null;
  }

  /** Callers who come in company keep coming: waiting a moment makes fewer syncs of their calls. */
  async #keepSpacing(): Promise<void> {
    const waitMs = this.#lastGroupStartedMs + this.#spacingMs - performance.now();
    if (waitMs > 0 && this.#closing === null) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }

  /** At least one call, in order, up to about `GROUP_BYTES_MAX`. */
  #takeGroup(): Call[] {
    let bytes = 0;
    let count = 0;
    for (const call of this.#queue) {
      if (count > 0 && bytes + call.bytes > GROUP_BYTES_MAX) break;
      bytes += call.bytes;
      count++;
    }
    if (count < this.#queue.length) return this.#queue.splice(0, count);
    const all = this.#queue;
    this.#queue = [];
    return all;
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
    const first = this.#nextSequence;
    // Numbers of a failed group are not given again: its frames may be on disk.
    this.#nextSequence += calls.reduce((sum, call) => sum + call.records.length, 0);
    this.#lastGroupStartedMs = performance.now();
    this.#lastGroupWasShared = calls.length > 1;
    try {
      const writer = await this.#writerFor(bytes, first);
      if (this.#options.durability === 'fsync') this.#syncCount++;
      await writer.append(sealRecords(calls, first), first, bytes);
    } catch (cause) {
      await this.#abandonWriter();
      this.#pendingBytes -= bytes;
      this.#failing = reasonOf(cause);
      for (const call of calls) call.reject(new JournalError('failed', `not written: ${this.#failing}`, { cause }));
      return;
    }
    this.#pendingBytes -= bytes;
    this.#failing = null;
    this.#committedSequence = this.#nextSequence - 1;
    this.#appendedRecords += this.#nextSequence - first;
    let last = first - 1;
    for (const call of calls) call.resolve((last += call.records.length));
  }

  async #writerFor(bytes: number, firstSequence: number): Promise<SegmentWriter> {
    if (this.#writer !== null && this.#writer.sizeBytes + bytes > this.#fileBytesMax) await this.#finishWriter();
    this.#writer ??= new SegmentWriter({
      ...this.#options,
      firstSequence,
      previousSequence: this.#committedSequence,
    });
    return this.#writer;
  }

  async #finishWriter(): Promise<void> {
    const writer = this.#writer;
    if (writer === null) return;
    const segment = await writer.finish();
    this.#leave(segment);
  }

  async #abandonWriter(): Promise<void> {
    const segment = (await this.#writer?.abandon()) ?? null;
    this.#leave(segment);
  }

  #leave(segment: Segment | null): void {
    this.#writer = null;
    if (segment === null) return;
    this.#segments.push(segment);
    this.#finishedBytes += segment.sizeBytes;
  }

  async #dropReleased(): Promise<void> {
    const { dir, files, durability } = this.#options;
    const writer = this.#writer;
    if (writer !== null && writer.lastSequence <= this.#releasedSequence) {
      // The current file goes too where it takes room that is wanted; a small one is not worth the churn.
      if (this.#wasFull || 2 * writer.sizeBytes > this.#fileBytesMax) await this.#finishWriter();
    }
    this.#wasFull = false;
    const released = this.#segments.filter(({ lastSequence }) => lastSequence <= this.#releasedSequence);
    if (released.length === 0) return;
    try {
      for (const segment of released) {
        await removeSegment(files, join(dir, segment.name));
        this.#segments = this.#segments.filter((kept) => kept !== segment);
        this.#finishedBytes -= segment.sizeBytes;
      }
      if (durability === 'fsync') await files.syncFolder(dir);
    } catch (cause) {
      throw new JournalError('failed', `released files stay: ${reasonOf(cause)}`, { cause });
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function sumBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function closed(): JournalError {
  return new JournalError('closed', 'the journal is closed');
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
