/** Bytes that Thrift's binary protocol cannot have. Caught by the decoder, which returns it as its problem. */
export class ThriftFault extends Error {
  override readonly name = 'ThriftFault';
}

/** Types of the binary protocol. */
export const THRIFT = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

/**
 * struct = *( field ) stop               ; field: type (1 byte), id (i16), value
 * list   = type (1 byte) count (i32) *value
 * map    = type type count (i32) *( value value )
 * string = length (i32) *OCTET           ; also binary
 *
 * Numbers are big-endian. Reads within the given bytes only and allocates nothing that they do not hold.
 */
export interface ThriftReader {
  readonly at: () => number;
  /** Calls back for each field of a struct; one that is not read is skipped, so is one of another type than asked for. */
  readonly struct: (onField: (id: number, type: number) => boolean) => void;
  /** Calls back for each item of a list of the given type. */
  readonly list: (itemType: number, itemsMax: number, onItem: () => void) => void;
  readonly bool: () => boolean;
  readonly i16: () => number;
  readonly i32: () => number;
  readonly i64: () => bigint;
  readonly double: () => number;
  readonly bytes: () => Uint8Array;
  readonly text: () => string;
}

/** Of values that are skipped; Jaeger's own nest five deep. */
const LEVELS_MAX = 32;

const utf8 = new TextDecoder();

export function createThriftReader(data: Uint8Array): ThriftReader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;

  function take(count: number): number {
    const from = at;
    if (count < 0 || count > data.byteLength - at) throw new ThriftFault(`byte ${at}: expected ${count} bytes more`);
    at += count;
    return from;
  }
  const octet = (): number => view.getUint8(take(1));
  const i32 = (): number => view.getInt32(take(4));
  function bytes(): Uint8Array {
    const length = i32();
    const from = take(length);
    return data.subarray(from, from + length);
  }

  /** Every item takes a byte at least, so a count cannot promise more than there is. */
  function readCount(): number {
    const items = i32();
    if (items < 0 || items > data.byteLength - at) throw new ThriftFault(`byte ${at}: expected a count`);
    return items;
  }

  function skip(type: number, level: number): void {
    if (level > LEVELS_MAX) throw new ThriftFault(`byte ${at}: expected at most ${LEVELS_MAX} levels`);
    const size = FIXED_SIZES.get(type);
    if (size !== undefined) take(size);
    else if (type === THRIFT.string) bytes();
    else if (type === THRIFT.struct) readStruct(() => false, level);
    else if (type === THRIFT.map) {
      const [key, value] = [octet(), octet()];
      for (let left = readCount(); left > 0; left -= 1) {
        skip(key, level + 1);
        skip(value, level + 1);
      }
    } else if (type === THRIFT.list || type === THRIFT.set) {
      const item = octet();
      for (let left = readCount(); left > 0; left -= 1) skip(item, level + 1);
    } else throw new ThriftFault(`byte ${at}: expected a type, found ${type}`);
  }

  function readStruct(onField: (id: number, type: number) => boolean, level: number): void {
    for (let type = octet(); type !== THRIFT.stop; type = octet()) {
      const id = view.getInt16(take(2));
      if (!onField(id, type)) skip(type, level + 1);
    }
  }

  return {
    at: () => at,
    struct: (onField) => readStruct(onField, 0),
    list(itemType, itemsMax, onItem) {
      const type = octet();
      const items = readCount();
      if (items > 0 && type !== itemType)
        throw new ThriftFault(`byte ${at}: expected items of type ${itemType}, found ${type}`);
      if (items > itemsMax) throw new ThriftFault(`byte ${at}: expected at most ${itemsMax} items, found ${items}`);
      for (let left = items; left > 0; left -= 1) onItem();
    },
    bool: () => octet() !== 0,
    i16: () => view.getInt16(take(2)),
    i32,
    i64: () => view.getBigInt64(take(8)),
    double: () => view.getFloat64(take(8)),
    bytes,
    text: () => utf8.decode(bytes()),
  };
}

const FIXED_SIZES: ReadonlyMap<number, number> = new Map<number, number>([
  [THRIFT.bool, 1],
  [THRIFT.byte, 1],
  [THRIFT.double, 8],
  [THRIFT.i16, 2],
  [THRIFT.i32, 4],
  [THRIFT.i64, 8],
]);
