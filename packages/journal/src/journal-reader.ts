import { join } from 'node:path';
import { diskFiles, isMissing, type Files, type OpenFile } from './files.ts';
import { JournalError, type JournalEvents, type JournalReader, type JournalRecord } from './journal.ts';
import { framedBytes } from './frame.ts';
import { pickSegmentNames, type SegmentName } from './segment-name.ts';
import { SegmentReader, type ReadOutcome } from './segment-reader.ts';

export interface JournalReaderOptions {
  readonly dir: string;
  /** Reading begins behind this sequence; files that end before it are not opened. */
  readonly after: number;
  readonly files?: Files;
  readonly events: JournalEvents;
}

/** The folder exists already; its files may come later. */
export async function openJournalReader(options: JournalReaderOptions): Promise<JournalReader> {
  const files = options.files ?? diskFiles;
  try {
    await files.list(options.dir);
  } catch (cause) {
    throw unreadable(options.dir, cause);
  }
  return new FileJournalReader({ ...options, files });
}

class FileJournalReader implements JournalReader {
  readonly #dir: string;
  readonly #files: Files;
  readonly #events: JournalEvents;
  /** All up to here has been given out, or was lost and reported. */
  #position: number;
  /** Asked for up to here before: nothing of it is left to be found. */
  #caughtUpWith: number;
  #segment: SegmentReader | null = null;
  /** The current file's successor: once it is there, nothing more is written to the current one. */
  #next: SegmentName | null = null;
  #isGapChecked = false;
  /** Unreadable end of a file left behind; the next header tells whether anything acknowledged was in it. */
  #tail: { file: string; offsetBytes: number; lengthBytes: number } | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor({ dir, files, events, after }: JournalReaderOptions & { readonly files: Files }) {
    this.#dir = dir;
    this.#files = files;
    this.#events = events;
    this.#position = after;
    this.#caughtUpWith = after;
  }

  read(committed: number, bytesMax: number): Promise<readonly JournalRecord[]> {
    return this.#inTurn(async () => {
      if (this.#isClosed) throw new JournalError('closed', 'the reader is closed');
      const found: JournalRecord[] = [];
      try {
        if (committed > this.#caughtUpWith) await this.#readInto(found, committed, bytesMax);
      } catch (cause) {
        // What was found before must not be lost with the error; a lasting one comes back on the next call.
        if (found.length > 0) return found;
        throw cause instanceof JournalError ? cause : unreadable(this.#dir, cause);
      }
      return found;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn(async () => {
      this.#isClosed = true;
      await this.#leaveSegment();
    });
  }

  async #readInto(found: JournalRecord[], committed: number, bytesMax: number): Promise<void> {
    for (;;) {
      if (this.#segment === null) {
        const first = await this.#findFirst(committed);
        if (first === null) break;
        if (!(await this.#enter(first))) continue;
      }
      // Known before the first frame is read: from the next file's first sequence on, this one can only hold what
      // blocks of a deleted file left in it.
      this.#next ??= await this.#findNext(committed);
      const outcome = await this.#readSegment(found, committed, bytesMax);
      if (outcome === 'enough') return;
      if (outcome === 'committed') break;
      if (this.#next === null) break;
      if (!(await this.#enter(this.#next))) this.#next = null;
    }
    this.#caughtUpWith = committed;
  }

  async #readSegment(found: JournalRecord[], committed: number, bytesMax: number): Promise<ReadOutcome> {
    const segment = this.#segment;
    if (segment === null) return 'end';
    const final = this.#next !== null;
    const before = this.#next?.firstSequence ?? Number.POSITIVE_INFINITY;
    if (!this.#isGapChecked && (await segment.start(final))) this.#checkGap(segment);
    const foundBytes = framedBytes(found.map(({ bytes }) => bytes));
    try {
      return await segment.read(
        { after: this.#position, committed, before, bytesMax: bytesMax - foundBytes, final },
        found,
      );
    } finally {
      this.#position = Math.max(this.#position, segment.lastSequence ?? 0);
    }
  }

  /** Names what was lost between the file left behind and this one. */
  #checkGap({ name, previousSequence }: SegmentReader): void {
    this.#isGapChecked = true;
    const tail = this.#tail;
    this.#tail = null;
    const isLoss = previousSequence === null ? tail !== null : previousSequence > this.#position;
    if (!isLoss) return;
    this.#events.damaged({
      kind: tail === null ? 'missing' : 'frames',
      ...(tail ?? { file: name.name, offsetBytes: 0, lengthBytes: 0 }),
      afterSequence: this.#position,
      // Sequences behind the last acknowledged one were of a refused append.
      beforeSequence: previousSequence === null ? name.firstSequence : previousSequence + 1,
    });
    this.#position = Math.max(this.#position, previousSequence ?? 0);
  }

  /** The file that holds the first record wanted: the last one that does not begin behind it, or else the earliest. */
  async #findFirst(committed: number): Promise<SegmentName | null> {
    const names = await this.#list(committed);
    return names.findLast(({ firstSequence }) => firstSequence <= this.#position + 1) ?? names[0] ?? null;
  }

  async #findNext(committed: number): Promise<SegmentName | null> {
    const current = this.#segment?.name.firstSequence ?? 0;
    return (await this.#list(committed)).find(({ firstSequence }) => firstSequence > current) ?? null;
  }

  /** Only files that hold something committed: the header of any other may still be in the making. */
  async #list(committed: number): Promise<SegmentName[]> {
    const names = pickSegmentNames(await this.#files.list(this.#dir));
    return names.filter(({ firstSequence }) => firstSequence <= committed);
  }

  /** False when the file has gone in the meantime: let go, or given up by the writer. */
  async #enter(name: SegmentName): Promise<boolean> {
    let file: OpenFile;
    try {
      file = await this.#files.open(join(this.#dir, name.name), 'read');
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    const tail = this.#segment?.tail;
    if (this.#segment && tail) this.#tail ??= { file: this.#segment.name.name, ...tail };
    await this.#leaveSegment();
    this.#segment = new SegmentReader(file, name, this.#events);
    return true;
  }

  async #leaveSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    this.#next = null;
    this.#isGapChecked = false;
    // It was opened for reading only: a failing close costs nothing.
    await segment?.close().catch(() => undefined);
  }

  /** Calls that overlap are answered one after another. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function unreadable(dir: string, cause: unknown): JournalError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new JournalError('unreadable', `${dir} cannot be read: ${reason}`, { cause });
}
