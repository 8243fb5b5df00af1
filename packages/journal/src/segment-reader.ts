import { bad, type Result } from '@fluoroscope/model/result';
import {
  decodeFrame,
  decodeHeader,
  findFrame,
  findSalt,
  FRAME_HEADER_BYTES,
  HEADER_BYTES,
  type FrameProblem,
} from './frame.ts';
import type { OpenFile } from './files.ts';
import { JournalError, type JournalEvents, type JournalRecord } from './journal.ts';
import { READ_BYTES_MAX, READ_BYTES_MIN, RECORD_BYTES_MAX } from './limits.ts';
import type { SegmentName } from './segment-name.ts';

// Hot path: every record passes here once. Large reads, records as views of the buffer, no promise per record.

export interface ReadGoal {
  /** Frames up to here are walked over. */
  readonly after: number;
  /** Frames beyond are not looked at: they may still be in the making. */
  readonly committed: number;
  readonly bytesMax: number;
  /** The first sequence of the next file: this one has none from there on. Infinity while there is no next one. */
  readonly before: number;
  /** Nothing more will be written to this file: what cannot be read now is damage. */
  readonly final: boolean;
}

/** Why reading stopped: `bytesMax` reached, `committed` reached, or nothing readable left in the file for now. */
export type ReadOutcome = 'enough' | 'committed' | 'end';

const DAMAGED: Result<never, FrameProblem> = bad({ code: 'damaged' });

interface Span {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Walks over the frames of one file, written to or finished, and over what is damaged in it. */
export class SegmentReader {
  readonly name: SegmentName;
  readonly #file: OpenFile;
  readonly #events: JournalEvents;
  /** Holds the file's bytes from `#windowOffset` on, `#filled` of them; the next frame is at `#at`. */
  #window: Buffer = Buffer.alloc(0);
  #windowOffset = 0;
  #filled = 0;
  #at = 0;
  /** Records given out are views of the window: it must not be written over. */
  #lent = false;
  #salt: number | null = null;
  #previousSequence: number | null = null;
  #lastSequence: number | null = null;
  #goodEndOffset = 0;
  #damageOffset: number | null = null;
  #tail: Span | null = null;

  constructor(file: OpenFile, name: SegmentName, events: JournalEvents) {
    this.#file = file;
    this.name = name;
    this.#events = events;
  }

  /** Of the last frame walked over; null before the first. */
  get lastSequence(): number | null {
    return this.#lastSequence;
  }

  /** The last sequence acknowledged before this file; null while unknown. */
  get previousSequence(): number | null {
    return this.#previousSequence;
  }

  /** Where the last frame walked over ended. */
  get goodEndOffset(): number {
    return this.#goodEndOffset;
  }

  /** What could not be read at the end of a finished file; null before it has been met. */
  get tail(): Span | null {
    return this.#tail;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Reads the header, once; false when there is none, or none yet. */
  async start(final: boolean): Promise<boolean> {
    if (this.#salt !== null) return true;
    // A header met half-written may be whole by now.
    this.#seek(0);
    if (!(await this.#fill(HEADER_BYTES))) {
      if (final) await this.#endWithTail(0);
      return false;
    }
    const header = decodeHeader(this.#window);
    if (header.ok && header.value.firstSequence === this.name.firstSequence) {
      this.#salt = header.value.salt;
      this.#previousSequence = header.value.previousSequence;
    } else if (!header.ok && header.problem.code === 'unknown-version') {
      const { version } = header.problem;
      throw new JournalError('unknown-version', `${this.name.name} has format version ${version}`);
    } else if (!(await this.#startDamaged(final))) return false;
    this.#at = HEADER_BYTES;
    this.#goodEndOffset = HEADER_BYTES;
    return true;
  }

  /** Adds records to `found`. When it throws, what was added stays valid and the next call goes on behind it. */
  async read(goal: ReadGoal, found: JournalRecord[]): Promise<ReadOutcome> {
    if (!(await this.start(goal.final)) || this.#salt === null) return 'end';
    let bytes = 0;
    let fresh = false;
    for (;;) {
      if (this.#lastSequence !== null && this.#lastSequence >= goal.committed) return this.#endCommitted();
      const frame = this.#decode(this.#salt, goal.before);
      if (frame.ok) {
        const record = frame.value;
        if (record.sequence > goal.committed) return this.#endCommitted();
        this.#pass(record);
        if (record.sequence <= goal.after) continue;
        found.push(record);
        this.#lent = true;
        bytes += FRAME_HEADER_BYTES + record.bytes.byteLength;
        if (bytes >= goal.bytesMax) return 'enough';
        continue;
      }
      const { problem } = frame;
      if (problem.code === 'partial' && (await this.#fill(problem.needBytes))) continue;
      // The window may hold bytes from before a write was complete: only what was read just now is damage.
      if (!fresh && this.#damageOffset === null && this.#at < this.#filled) {
        fresh = true;
        this.#seek(this.#offset);
      } else if (problem.code === 'partial' && problem.needBytes === FRAME_HEADER_BYTES) {
        return this.#end(goal.final);
      } else {
        this.#damageOffset ??= this.#offset;
        this.#at = findFrame(this.#window, this.#at + 1, this.#filled, this.#salt);
      }
    }
  }

  /** A frame out of order is none: blocks of a deleted file can turn up after a power cut. */
  #decode(salt: number, before: number): Result<JournalRecord, FrameProblem> {
    const frame = decodeFrame(this.#window, this.#at, this.#filled, salt);
    const least = this.#lastSequence === null ? this.name.firstSequence : this.#lastSequence + 1;
    return frame.ok && (frame.value.sequence < least || frame.value.sequence >= before) ? DAMAGED : frame;
  }

  get #offset(): number {
    return this.#windowOffset + this.#at;
  }

  #pass({ sequence, bytes }: JournalRecord): void {
    if (this.#damageOffset !== null) {
      this.#events.damaged({
        kind: 'frames',
        file: this.name.name,
        offsetBytes: this.#damageOffset,
        lengthBytes: this.#offset - this.#damageOffset,
        afterSequence: this.#lastSequence ?? this.name.firstSequence - 1,
        beforeSequence: sequence,
      });
      this.#damageOffset = null;
    }
    this.#at += FRAME_HEADER_BYTES + bytes.byteLength;
    this.#lastSequence = sequence;
    this.#goodEndOffset = this.#offset;
  }

  /** What was read beyond may be of an append that fails yet, and is then taken back from the file. */
  #endCommitted(): ReadOutcome {
    this.#forgetDamage();
    this.#filled = this.#at;
    return 'committed';
  }

  async #end(final: boolean): Promise<ReadOutcome> {
    const endOffset = this.#damageOffset ?? this.#offset;
    this.#forgetDamage();
    if (final) await this.#endWithTail(endOffset);
    return 'end';
  }

  async #endWithTail(offsetBytes: number): Promise<void> {
    const sizeBytes = await this.#file.sizeBytes();
    if (sizeBytes > offsetBytes) this.#tail = { offsetBytes, lengthBytes: sizeBytes - offsetBytes };
  }

  /** Goes back to before what looked damaged: it is looked at again when more is known. */
  #forgetDamage(): void {
    if (this.#damageOffset === null) return;
    this.#seek(this.#damageOffset);
    this.#damageOffset = null;
  }

  #seek(offset: number): void {
    if (this.#lent) this.#window = Buffer.alloc(0);
    this.#lent = false;
    this.#windowOffset = offset;
    this.#at = 0;
    this.#filled = 0;
  }

  /** Frames are readable without a header: each carries the salt. */
  async #startDamaged(final: boolean): Promise<boolean> {
    const sizeBytes = await this.#file.sizeBytes();
    await this.#fill(Math.min(sizeBytes, HEADER_BYTES + FRAME_HEADER_BYTES + RECORD_BYTES_MAX));
    this.#salt = findSalt(this.#window, this.#filled, this.name.firstSequence);
    if (this.#salt === null) {
      if (final) await this.#endWithTail(0);
      return false;
    }
    this.#events.damaged({
      kind: 'header',
      file: this.name.name,
      offsetBytes: 0,
      lengthBytes: HEADER_BYTES,
      afterSequence: this.name.firstSequence - 1,
      beforeSequence: this.name.firstSequence,
    });
    return true;
  }

  /** Makes the window hold `needBytes` from `#at` on; false when the file ends before. */
  async #fill(needBytes: number): Promise<boolean> {
    while (this.#filled - this.#at < needBytes) {
      if (this.#filled === this.#window.length || this.#at + needBytes > this.#window.length) {
        const restBytes = (await this.#file.sizeBytes()) - this.#offset;
        if (restBytes < needBytes) return false;
        this.#makeRoom(Math.max(needBytes, Math.min(Math.max(restBytes, READ_BYTES_MIN), READ_BYTES_MAX)));
      }
      const room = this.#window.length - this.#filled;
      const got = await this.#file.read(this.#window, this.#filled, room, this.#windowOffset + this.#filled);
      if (got === 0) return false;
      this.#filled += got;
    }
    return true;
  }

  #makeRoom(capacityBytes: number): void {
    const keptBytes = this.#filled - this.#at;
    if (!this.#lent && capacityBytes <= this.#window.length) {
      this.#window.copyWithin(0, this.#at, this.#filled);
    } else {
      const window = Buffer.allocUnsafeSlow(capacityBytes);
      this.#window.copy(window, 0, this.#at, this.#filled);
      this.#window = window;
      this.#lent = false;
    }
    this.#windowOffset += this.#at;
    this.#at = 0;
    this.#filled = keptBytes;
  }
}
