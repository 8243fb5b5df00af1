const START_BYTES = 64 * 1024;
/** Of a varint of 64 bits, with its tag. */
const VARINT_BYTES_MAX = 20;

/**
 * Protobuf written from its end to its start: a message's length is known when it stands before the message. Fields, and
 * the items of repeated ones, are written last first. A class because it is state with a lifetime: one request's bytes.
 */
export class BackWriter {
  #bytes: Buffer = Buffer.allocUnsafe(START_BYTES);
  /** Of the first byte written. */
  #at = START_BYTES;

  /** Bytes written so far: what `message` takes as the end of its body. */
  get size(): number {
    return this.#bytes.byteLength - this.#at;
  }

  finish(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Everything written since the size was `end` becomes the body of this field. */
  message(field: number, end: number): void {
    const length = this.size - end;
    this.#room(VARINT_BYTES_MAX);
    this.#varint(length);
    this.#varint((field << 3) | 2);
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#room(length + VARINT_BYTES_MAX);
    this.#at -= length;
    this.#bytes.write(value, this.#at);
    this.#varint(length);
    this.#varint((field << 3) | 2);
  }

  /** Bytes of a message, a byte a character. */
  raw(bytes: string): void {
    this.#room(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.write(bytes, this.#at, 'latin1');
  }

  bytes(field: number, value: string, encoding: 'hex' | 'base64'): void {
    const bytes = Buffer.from(value, encoding);
    this.#room(bytes.byteLength + VARINT_BYTES_MAX);
    this.#at -= bytes.byteLength;
    bytes.copy(this.#bytes, this.#at);
    this.#varint(bytes.byteLength);
    this.#varint((field << 3) | 2);
  }

  /** Negative ones, and decimal digits, as the 64 bits of two's complement. */
  int(field: number, value: number | string): void {
    this.#room(VARINT_BYTES_MAX);
    if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) this.#varint(value);
    else this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    this.#varint(field << 3);
  }

  double(field: number, value: number): void {
    this.#room(VARINT_BYTES_MAX);
    this.#at -= 8;
    this.#bytes.writeDoubleLE(value, this.#at);
    this.#varint((field << 3) | 1);
  }

  fixed32(field: number, value: number): void {
    this.#room(VARINT_BYTES_MAX);
    this.#at -= 4;
    this.#bytes.writeUInt32LE(value, this.#at);
    this.#varint((field << 3) | 5);
  }

  fixed64(field: number, value: bigint): void {
    this.#room(VARINT_BYTES_MAX);
    this.#at -= 8;
    this.#bytes.writeBigUInt64LE(value, this.#at);
    this.#varint((field << 3) | 1);
  }

  #room(bytes: number): void {
    if (this.#at >= bytes) return;
    const written = this.size;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.byteLength * 2, written + bytes));
    this.#bytes.copy(larger, larger.byteLength - written, this.#at);
    this.#at = larger.byteLength - written;
    this.#bytes = larger;
  }

  #varint(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
    this.#at -= length;
    let rest = value;
    for (let index = 0; index < length - 1; index += 1) {
      this.#bytes[this.#at + index] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at + length - 1] = rest;
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.#at -= bytes.length;
    for (const [index, byte] of bytes.entries()) this.#bytes[this.#at + index] = byte;
  }
}
