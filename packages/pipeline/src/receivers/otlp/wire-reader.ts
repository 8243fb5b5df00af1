import { OTLP_TIME_US_MAX, type OtlpTime } from '@fluoroscope/model';
import { readText } from './known-texts.ts';
import { RequestFault, SpanFault } from './problem.ts';

// A class because it is state with a lifetime: a place in a request's bytes.

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/**
 * message = *( tag value )
 * tag     = varint            ; field number × 8 + wire type
 * value   = varint            ; wire type 0: 7 bits a byte, low ones first, the top bit says that more follow
 *         / 8OCTET            ; 1: little-endian
 *         / varint *OCTET     ; 2: a length and so many bytes
 *         / 4OCTET            ; 5: little-endian
 *
 * Every method takes where the message around it ends and the field's name, and throws `RequestFault` with
 * both names when the bytes go on beyond it.
 */
export class WireReader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes, a character each. */
  wire(start: number, end: number): string {
    return this.#bytes.toString('latin1', start, end);
  }

  /** Field number and wire type together: what a field has is told by one comparison. */
  tag(end: number, message: string): number {
    const byte = this.#bytes[this.at];
    if (byte !== undefined && byte >= 8 && byte < 0x80 && this.at < end) {
      this.at += 1;
      return byte;
    }
    const start = this.at;
    const tag = this.uint32(end, message);
    if (tag >>> 3 === 0) this.fail(message, 'a field number', start);
    return tag;
  }

  /** The low 32 bits of a varint, unsigned. */
  uint32(end: number, field: string): number {
    const bytes = this.#bytes;
    const first = bytes[this.at];
    if (first !== undefined && first < 0x80 && this.at < end) {
      this.at += 1;
      return first;
    }
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) this.fail(field, 'a number that ends', start);
      const byte = bytes[this.at] ?? 0;
      this.at += 1;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail(field, 'a number of at most 10 bytes', start);
  }

  int32(end: number, field: string): number {
    return this.uint32(end, field) | 0;
  }

  /** A number when a double holds it, else its decimal digits. */
  int64(end: number, field: string): number | string {
    const first = this.#bytes[this.at];
    if (first !== undefined && first < 0x80 && this.at < end) {
      this.at += 1;
      return first;
    }
    const start = this.at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) this.fail(field, 'a number that ends', start);
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x7f) << 28;
        high |= (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) return joinInt64(high, low >>> 0);
    }
    return this.fail(field, 'a number of at most 10 bytes', start);
  }

  bool(end: number, field: string): boolean {
    return this.int64(end, field) !== 0;
  }

  double(end: number, field: string): number {
    const start = this.#take(8, end, field);
    return this.#bytes.readDoubleLE(start);
  }

  fixed32(end: number, field: string): number {
    const start = this.#take(4, end, field);
    return this.#bytes.readUInt32LE(start);
  }

  /** Nanoseconds since 1970. Throws `SpanFault` beyond the year 2255. */
  time(end: number, field: string): OtlpTime {
    const start = this.#take(8, end, field);
    const low = this.#bytes.readUInt32LE(start);
    const high = this.#bytes.readUInt32LE(start + 4);
    // 2^32 ns are 4,294,967 µs and 296 ns.
    const rest = high * 296 + low;
    const restUs = Math.floor(rest / 1000);
    const us = high * 4_294_967 + restUs;
    if (us > OTLP_TIME_US_MAX) throw new SpanFault(field, 'a time before the year 2255');
    return { us, ns: rest - restUs * 1000 };
  }

  /** Reads a length; returns where what it counts ends. */
  endOf(end: number, field: string): number {
    const start = this.at;
    const size = this.uint32(end, field);
    if (size > end - this.at) this.fail(field, `${size} bytes, found ${end - this.at}`, start);
    return this.at + size;
  }

  text(end: number, field: string): string {
    const textEnd = this.endOf(end, field);
    const text = readText(this.#bytes, this.at, textEnd);
    this.at = textEnd;
    return text;
  }

  /** Bytes as lower-case hex. */
  hex(end: number, field: string): string {
    const hexEnd = this.endOf(end, field);
    const start = this.at;
    this.at = hexEnd;
    const size = hexEnd - start;
    return size === 8 ? hexOf8(this.#bytes, start) : this.#bytes.toString('hex', start, hexEnd);
  }

  hexAt(start: number, end: number): string {
    return this.#bytes.toString('hex', start, end);
  }

  base64(end: number, field: string): string {
    const bytesEnd = this.endOf(end, field);
    const text = this.#bytes.toString('base64', this.at, bytesEnd);
    this.at = bytesEnd;
    return text;
  }

  /** Whether the bytes from `at` on are these, that is: the same id as before. */
  repeats(at: number, size: number): boolean {
    for (let index = 0; index < size; index += 1) {
      if (this.#bytes[at + index] !== this.#bytes[this.at + index]) return false;
    }
    return true;
  }

  /** Passes over a field that is not known here. */
  skip(tag: number, end: number, message: string): void {
    switch (tag & 7) {
      case VARINT:
        this.uint32(end, message);
        return;
      case FIXED64:
        this.#take(8, end, message);
        return;
      case LENGTH:
        this.at = this.endOf(end, message);
        return;
      case FIXED32:
        this.#take(4, end, message);
        return;
      default:
        this.fail(message, `a wire type of 0, 1, 2 or 5 for field ${tag >>> 3}, found ${tag & 7}`, this.at);
    }
  }

  fail(field: string, expected: string, at: number): never {
    throw new RequestFault({ code: 'malformed', field, message: `${field} at byte ${at}: expected ${expected}` });
  }

  #take(size: number, end: number, field: string): number {
    const start = this.at;
    if (size > end - start) this.fail(field, `${size} bytes, found ${Math.max(0, end - start)}`, start);
    this.at = start + size;
    return start;
  }
}

const UINT32 = 0x1_0000_0000;

function joinInt64(high: number, low: number): number | string {
  const value = high * UINT32 + low;
  return Number.isSafeInteger(value) ? value : ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** ASCII of the two digits of each byte. */
const HIGH_DIGITS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => digit(byte >> 4));
const LOW_DIGITS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => digit(byte & 15));

function digit(nibble: number): number {
  return nibble.toString(16).charCodeAt(0);
}

// A span id, without the call out of JavaScript that `hexSlice` is.
function hexOf8(bytes: Buffer, at: number): string {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  const [e = 0, f = 0, g = 0, h = 0] = [bytes[at + 4], bytes[at + 5], bytes[at + 6], bytes[at + 7]];
  return String.fromCharCode(
    HIGH_DIGITS[a] ?? 0,
    LOW_DIGITS[a] ?? 0,
    HIGH_DIGITS[b] ?? 0,
    LOW_DIGITS[b] ?? 0,
    HIGH_DIGITS[c] ?? 0,
    LOW_DIGITS[c] ?? 0,
    HIGH_DIGITS[d] ?? 0,
    LOW_DIGITS[d] ?? 0,
    HIGH_DIGITS[e] ?? 0,
    LOW_DIGITS[e] ?? 0,
    HIGH_DIGITS[f] ?? 0,
    LOW_DIGITS[f] ?? 0,
    HIGH_DIGITS[g] ?? 0,
    LOW_DIGITS[g] ?? 0,
    HIGH_DIGITS[h] ?? 0,
    LOW_DIGITS[h] ?? 0,
  );
}
