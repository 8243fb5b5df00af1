import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  JournalError,
  openJournal,
  openJournalReader,
  type DamagedDetail,
  type Durability,
  type Journal,
  type JournalReader,
  type JournalRecord,
} from '@fluoroscope/journal';
import type { BatchStore, StoredBatch } from '@fluoroscope/pipeline/xray';

/** Batches on disk until they are sent, in order. One process per folder: the caller sees to that. */
export interface Spool extends BatchStore {
  /** The oldest, which stays; null when there is none. */
  peek(): Promise<StoredBatch | null>;
  readonly isEmpty: boolean;
}

/** A full one loses its oldest by the file. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Read ahead of the sender. */
const READ_BYTES = 256 * 1024;
/** How often is noted how far it was sent: what a kill makes it send twice. */
const NOTE_INTERVAL_MS = 1_000;

export interface SpoolOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly bytesMax: number;
  /** Told of segments that made room for younger ones; null: a full one takes nothing, and loses nothing. */
  readonly dropped: ((segments: number) => void) | null;
  /** `os`, the default: what was appended survives the process, not a cut of power. */
  readonly durability?: Durability;
  readonly damaged: (detail: DamagedDetail) => void;
}

/**
 * record = version segments body   ; version: 1 byte, 1; segments: 2 bytes, little-endian; body: its writer's
 *
 * Beside the journal's files, `sent` has the sequence of the last batch that need not be kept, in decimal.
 */
const RECORD_VERSION = 1;
const RECORD_HEAD_BYTES = 3;

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { dir, bytesMax, dropped, durability = 'os', damaged } = options;
  await makeFolder(resolve(dir));
  const note = join(dir, 'sent');
  const sent = await readFile(note, 'utf8').then(Number, () => 0);
  const position = Number.isSafeInteger(sent) && sent > 0 ? sent : 0;
  const journal = await openJournal({
    dir,
    sizeBytesMax: bytesMax,
    fileBytesMax: FILE_BYTES_MAX,
    durability,
    nextSequence: position + 1,
    // All but a cut end is met again by the reader, which says what it cost.
    events: { damaged: (detail) => detail.kind === 'tail' && damaged(detail) },
  });
  const reader = await openJournalReader({ dir, after: position, events: { damaged } });
  return new FileSpool(journal, reader, position, note, dropped);
}

/** Segments hold what users did. */
const FOLDER_MODE = 0o700;

/** Not by `recursive: true`, which tries for ever where a folder is refused as if its parent were missing (/proc). */
async function makeFolder(folder: string): Promise<void> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder, { mode: FOLDER_MODE });
}

class FileSpool implements Spool {
  readonly recoveredSequence: number;
  readonly #journal: Journal;
  readonly #reader: JournalReader;
  readonly #note: string;
  readonly #dropped: ((segments: number) => void) | null;
  /** All up to here need not be kept. */
  #position: number;
  #noted: number;
  #notedAtMs = 0;
  #ahead: JournalRecord[] = [];
  /** Given out last by `peek`, and not done; once it has made room for others, it is lost unless it was sent all the same. */
  #taken: { readonly sequence: number; readonly segments: number; isDropped: boolean } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    journal: Journal,
    reader: JournalReader,
    position: number,
    note: string,
    dropped: ((segments: number) => void) | null,
  ) {
    this.#journal = journal;
    this.#reader = reader;
    this.#position = position;
    this.#noted = position;
    this.#note = note;
    this.#dropped = dropped;
    this.recoveredSequence = journal.committedSequence;
  }

  get isEmpty(): boolean {
    return this.#position >= this.#journal.committedSequence;
  }

  append({ segments, body }: Omit<StoredBatch, 'sequence'>): Promise<boolean> {
    const record = Buffer.allocUnsafe(RECORD_HEAD_BYTES + body.byteLength);
    record.writeUInt8(RECORD_VERSION, 0);
    record.writeUInt16LE(segments, 1);
    body.copy(record, RECORD_HEAD_BYTES);
    return this.#inTurn(async () => {
      while (!(await this.#isWritten(record))) {
        if (this.#dropped === null) return false;
        await this.#dropOldest(this.#dropped);
      }
      return true;
    });
  }

  peek(): Promise<StoredBatch | null> {
    return this.#inTurn(async () => {
      const record = await this.#first();
      this.#tellTaken();
      if (record === null) return null;
      const batch = batchOf(record);
      this.#taken = { sequence: batch.sequence, segments: batch.segments, isDropped: false };
      return batch;
    });
  }

  after(sequence: number): Promise<StoredBatch | null> {
    return this.#inTurn(async () => {
      for (let isMore = true; isMore;) {
        const found = this.#ahead.find((record) => record.sequence > sequence);
        if (found !== undefined) return batchOf(found);
        isMore = (await this.#readAhead()) !== null;
      }
      return null;
    });
  }

  done(sequence: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#taken !== null && this.#taken.sequence <= sequence) this.#taken = null;
      await this.#letGo(sequence);
      if (this.isEmpty || performance.now() - this.#notedAtMs > NOTE_INTERVAL_MS) await this.#writeNote();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn(async () => {
      this.#tellTaken();
      await this.#writeNote();
      await this.#reader[Symbol.asyncDispose]();
      await this.#journal[Symbol.asyncDispose]();
    });
  }

  /** False when it is full. */
  async #isWritten(record: Uint8Array): Promise<boolean> {
    try {
      await this.#journal.append([record]);
      return true;
    } catch (error) {
      // With nothing to drop, room does not come by dropping.
      if (error instanceof JournalError && error.code === 'full' && !this.isEmpty) return false;
      throw error;
    }
  }

  async #dropOldest(dropped: (segments: number) => void): Promise<void> {
    const record = await this.#first();
    if (record === null) return;
    const records = this.#ahead;
    const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const taken = records.some(({ sequence }) => sequence === this.#taken?.sequence) ? this.#taken : null;
    if (taken !== null) taken.isDropped = true;
    dropped(records.reduce((sum, { bytes }) => sum + view(bytes).getUint16(1, true), -(taken?.segments ?? 0)));
    await this.#letGo(records.at(-1)?.sequence ?? record.sequence);
  }

  #tellTaken(): void {
    if (this.#taken?.isDropped === true) this.#dropped?.(this.#taken.segments);
    this.#taken = null;
  }

  /** The oldest; gaps that damage left are passed over. */
  async #first(): Promise<JournalRecord | null> {
    if (this.#ahead.length === 0 && !this.isEmpty) {
      const upTo = await this.#readAhead();
      if (this.#ahead.length === 0) await this.#letGo(upTo ?? this.#journal.committedSequence);
    }
    return this.#ahead[0] ?? null;
  }

  /** Resolves with the last sequence that was read, usable or not; null when there was nothing. */
  async #readAhead(): Promise<number | null> {
    const { committedSequence } = this.#journal;
    const records = await this.#reader.read(committedSequence, READ_BYTES);
    this.#ahead.push(
      ...records.filter(
        ({ sequence, bytes }) =>
          sequence > this.#position && bytes[0] === RECORD_VERSION && bytes.byteLength > RECORD_HEAD_BYTES,
      ),
    );
    return records.at(-1)?.sequence ?? null;
  }

  async #letGo(sequence: number): Promise<void> {
    if (sequence <= this.#position) return;
    this.#position = sequence;
    this.#ahead = this.#ahead.filter((record) => record.sequence > sequence);
    // The files that stay are tried again at the next call.
    await this.#journal.release(sequence).catch(() => undefined);
  }

  async #writeNote(): Promise<void> {
    if (this.#noted === this.#position) return;
    const position = this.#position;
    this.#notedAtMs = performance.now();
    try {
      await writeFile(`${this.#note}.new`, String(position), { mode: 0o600 });
      await rename(`${this.#note}.new`, this.#note);
      this.#noted = position;
    } catch {
      // Without it some batches are sent twice after a restart, which changes nothing at the endpoint.
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function batchOf({ sequence, bytes: view }: JournalRecord): StoredBatch {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return { sequence, segments: bytes.readUInt16LE(1), body: bytes.subarray(RECORD_HEAD_BYTES) };
}
