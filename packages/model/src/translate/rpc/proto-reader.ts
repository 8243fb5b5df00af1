/** A length, tag or type that the bytes cannot have. Caught by the decoders, which return it as their problem. */
export class ProtoFault extends Error {
  override readonly name = 'ProtoFault';
}

/**
 * message = *( tag value )
 * tag     = varint             ; field << 3 | type
 * value   = varint             ; type 0
 *         / 8OCTET             ; type 1, little-endian
 *         / length *OCTET      ; type 2
 *         / 4OCTET             ; type 5
 *
 * Reads within the given bytes only, allocates nothing that they do not hold, and moves on with every call.
 */
export interface ProtoReader {
  /** The next field's number, or 0 at the end. Its value must be read, or `skip`ped, before the next. */
  next(): number;
  /** As a double: exact up to 2^53. */
  varint(): number;
  /** Of a 64-bit varint that is read as signed. */
  int64(): bigint;
  /** As a double. */
  fixed64(): number;
  double(): number;
  bytes(): Uint8Array;
  text(): string;
  skip(): void;
}

const utf8 = new TextDecoder();

// oxlint-disable-next-line max-lines-per-function -- one position, and a function for each wire type
export function createProtoReader(data: Uint8Array): ProtoReader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  let type = 0;

  function octet(): number {
    const value = data[at];
    if (value === undefined) throw new ProtoFault(`byte ${at}: expected more`);
    at += 1;
    return value;
  }

  function rawVarint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
      const byte = octet();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new ProtoFault(`byte ${at}: expected a varint of at most ${VARINT_BYTES_MAX} bytes`);
  }

  function take(count: number): number {
    const from = at;
    if (count > data.byteLength - at) throw new ProtoFault(`byte ${at}: expected ${count} bytes more`);
    at += count;
    return from;
  }

  function expectType(expected: number): void {
    if (type !== expected) throw new ProtoFault(`byte ${at}: expected wire type ${expected}, found ${type}`);
  }

  return {
    next() {
      if (at >= data.byteLength) return 0;
      const tag = rawVarint();
      type = tag % 8;
      const field = Math.floor(tag / 8);
      if (field < 1 || field > FIELD_MAX) throw new ProtoFault(`byte ${at}: expected a field number`);
      return field;
    },
    varint() {
      expectType(VARINT);
      return rawVarint();
    },
    int64() {
      expectType(VARINT);
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = octet();
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asIntN(64, value);
      }
      throw new ProtoFault(`byte ${at}: expected a varint of at most ${VARINT_BYTES_MAX} bytes`);
    },
    fixed64() {
      expectType(FIXED64);
      const from = take(8);
      return view.getUint32(from, true) + view.getUint32(from + 4, true) * 0x1_0000_0000;
    },
    double() {
      expectType(FIXED64);
      return view.getFloat64(take(8), true);
    },
    bytes() {
      expectType(BYTES);
      const length = rawVarint();
      const from = take(length);
      return data.subarray(from, from + length);
    },
    text() {
      return utf8.decode(this.bytes());
    },
    skip() {
      if (type === VARINT) rawVarint();
      else if (type === FIXED64) take(8);
      else if (type === BYTES) take(rawVarint());
      else if (type === FIXED32) take(4);
      else throw new ProtoFault(`byte ${at}: expected a wire type, found ${type}`);
    },
  };
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const VARINT_BYTES_MAX = 10;
const FIELD_MAX = 536_870_911;

/** Lower-case hex digits. */
export function printHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
