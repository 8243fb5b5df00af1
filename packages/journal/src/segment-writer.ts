import { join } from 'node:path';
import { encodeFrame, encodeHeader, HEADER_BYTES } from './frame.ts';
import type { Files, OpenFile } from './files.ts';
import type { Durability } from './journal.ts';
import { GROUP_BYTES_MAX } from './limits.ts';
import { removeSegment, type Segment } from './recover.ts';
import { printSegmentName } from './segment-name.ts';

// Hot path: one copy, one CRC call a record, one write and one sync a group.

interface SegmentWriterOptions {
  readonly dir: string;
  readonly files: Files;
  readonly durability: Durability;
  readonly firstSequence: number;
  /** The last one acknowledged so far. */
  readonly previousSequence: number;
}

/**
 * The file being written to. Once `append` has thrown, nothing is known of what follows the last good group, and
 * only `abandon` may be called.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #salt: number;
  readonly #name: string;
  #file: OpenFile | null = null;
  #buffer: Buffer = Buffer.alloc(0);
  /** Of the groups that succeeded. */
  #sizeBytes = 0;
  #lastSequence: number;
  /** With the group that may have failed. */
  #reachedBytes = 0;
  #reachedSequence: number;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#salt = options.files.salt();
    this.#name = printSegmentName(options.firstSequence);
    this.#lastSequence = options.previousSequence;
    this.#reachedSequence = options.firstSequence;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The last acknowledged sequence. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /**
   * Writes the records of one group, numbered from `sequence` on; they are on stable storage when it resolves.
   * `bytes` is what they take framed.
   */
  async append(group: readonly (readonly Uint8Array[])[], sequence: number, bytes: number): Promise<void> {
    const { dir, files, durability } = this.#options;
    const isFirst = this.#sizeBytes === 0;
    const headerBytes = isFirst ? HEADER_BYTES : 0;
    const buffer = this.#bufferOf(headerBytes + bytes);
    if (isFirst) encodeHeader(buffer, { salt: this.#salt, ...this.#options });
    let at = headerBytes;
    let next = sequence;
    for (const records of group) {
      for (const record of records) at = encodeFrame(buffer, at, this.#salt, next++, record);
    }
    this.#reachedSequence = next - 1;
    this.#reachedBytes = this.#sizeBytes + at;

    this.#file ??= await files.open(join(dir, this.#name), 'create');
    await writeAll(this.#file, buffer.subarray(0, at), this.#sizeBytes);
    if (durability === 'fsync') {
      await this.#file.sync();
      if (isFirst) await files.syncFolder(dir);
    }
    this.#sizeBytes = this.#reachedBytes;
    this.#lastSequence = this.#reachedSequence;
  }

  /** Leaves the file, complete, for the next one. */
  async finish(): Promise<Segment> {
    // All that was acknowledged is synced already, so a failing close loses nothing.
    await this.#file?.close().catch(() => undefined);
    return this.#describe(this.#sizeBytes, this.#lastSequence);
  }

  /**
   * Leaves the file after a failure and takes back, as far as the disk lets us, what was not acknowledged. Never
   * throws; null when nothing is left.
   */
  async abandon(): Promise<Segment | null> {
    const { dir, files, durability } = this.#options;
    const holdsAcknowledged = this.#sizeBytes > 0;
    let undone = true;
    try {
      if (holdsAcknowledged) await this.#file?.truncate(this.#sizeBytes);
      // Also when opening failed: the name can exist all the same.
      else await removeSegment(files, join(dir, this.#name));
    } catch {
      undone = false;
    }
    if (!holdsAcknowledged && durability === 'fsync') await files.syncFolder(dir).catch(() => undefined);
    await this.#file?.close().catch(() => undefined);
    if (!undone) return this.#describe(this.#reachedBytes, this.#reachedSequence);
    return holdsAcknowledged ? this.#describe(this.#sizeBytes, this.#lastSequence) : null;
  }

  #describe(sizeBytes: number, lastSequence: number): Segment {
    return { name: this.#name, firstSequence: this.#options.firstSequence, lastSequence, sizeBytes };
  }

  #bufferOf(bytes: number): Buffer {
    if (bytes > GROUP_BYTES_MAX) return Buffer.allocUnsafeSlow(bytes);
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.min(2 * bytes, GROUP_BYTES_MAX));
    return this.#buffer;
  }
}

async function writeAll(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const taken = await file.write(bytes.subarray(done), position + done);
    if (taken === 0) throw new Error(`the disk took ${done} of ${bytes.byteLength} bytes`);
    done += taken;
  }
}
