// Hot path: every stored byte goes through here. ./block.bench.ts measures it.

const START_BYTES = 1_024;
/** Shorter texts are copied by us: crossing into Node's own writer costs more than they do. */
const SHORT_TEXT_LENGTH = 48;
const TWO_POW_32 = 2 ** 32;

/** Bytes that grow; numbers are little-endian, as ClickHouse's binary formats have them. */
export class Bytes {
  #buffer: Buffer = Buffer.allocUnsafe(START_BYTES);
  #view: DataView = viewOf(this.#buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  writeUint8(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  writeUint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  writeUint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Of most significant byte first, as digits are written. */
  writeUint32BigEndian(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  /** Signed or not: a safe integer has the same 64 bits. */
  writeInt64(value: number): void {
    this.#reserve(8);
    this.#view.setInt32(this.#length, value | 0, true);
    // `|` takes the number modulo 2^32, so that the low half is right for any safe integer, negative ones too.
    this.#view.setInt32(this.#length + 4, Math.floor(value / TWO_POW_32), true);
    this.#length += 8;
  }

  writeFloat64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Seven bits a byte, lowest first; the eighth says that more follow. */
  writeVarUint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length] = (rest & 0x7f) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length] = rest;
    this.#length += 1;
  }

  /** Its length in bytes, then its UTF-8. */
  writeText(text: string): void {
    if (text.length <= SHORT_TEXT_LENGTH && this.#writeAscii(text)) return;
    const size = Buffer.byteLength(text);
    this.writeVarUint(size);
    this.#reserve(size);
    this.#buffer.write(text, this.#length, 'utf8');
    this.#length += size;
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** False, and nothing written, when there is a character beyond ASCII. Short: its length takes one byte. */
  #writeAscii(text: string): boolean {
    this.#reserve(text.length + 1);
    const buffer = this.#buffer;
    const start = this.#length + 1;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return false;
      buffer[start + at] = code;
    }
    buffer[start - 1] = text.length;
    this.#length = start + text.length;
    return true;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
