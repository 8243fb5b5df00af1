// Once for each document that shares a datagram; ../document/segment.bench.ts times it.

/** datagram = header LF *( document LF )    ; documents without line feeds */
const HEADER = '{"format":"jsonl","version":1}\n';
const LINE_FEED = 0x0a;

/** Of one datagram; receivers of ours look at a thousand. */
export const DATAGRAM_DOCUMENTS_MAX = 500;

/** Documents one behind the other in a buffer that is used again once its datagram has left. */
export class DatagramWriter {
  readonly #bytesMax: number;
  #buffer: Buffer | undefined;
  #spare: Buffer | undefined;
  #at = 0;
  #count = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  get count(): number {
    return this.#count;
  }

  /** The bytes that it took; 0 when it does not fit behind what is there. */
  add(text: string): number {
    if (this.#count >= DATAGRAM_DOCUMENTS_MAX) return 0;
    const buffer = this.#buffer ?? this.#begin();
    const room = this.#bytesMax - this.#at - 1;
    // A character has three bytes at most: counting them is for the end of a datagram.
    if (text.length > room || (text.length * 3 > room && Buffer.byteLength(text) > room)) return 0;
    const bytes = buffer.write(text, this.#at) + 1;
    this.#at += bytes;
    buffer[this.#at - 1] = LINE_FEED;
    this.#count += 1;
    return bytes;
  }

  /** What was added, to be given back with `giveBack`. Empty when nothing was. */
  take(): Buffer {
    const datagram = this.#buffer?.subarray(0, this.#at) ?? Buffer.alloc(0);
    this.#buffer = undefined;
    this.#at = 0;
    this.#count = 0;
    return datagram;
  }

  giveBack(datagram: Buffer): void {
    this.#spare = Buffer.from(datagram.buffer);
  }

  #begin(): Buffer {
    const buffer = this.#spare ?? Buffer.allocUnsafeSlow(this.#bytesMax);
    this.#spare = undefined;
    this.#at = buffer.write(HEADER);
    this.#buffer = buffer;
    return buffer;
  }
}
