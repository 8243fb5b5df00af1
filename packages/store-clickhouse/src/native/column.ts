import type { TraceId } from '@fluoroscope/model';
import { traceIdWord } from '../trace-key.ts';
import { Bytes } from './bytes.ts';

/**
 * One column of a block. Values are gathered, then written out:
 *
 *   column     = name type prefix data        ; both texts; prefix and data only in a block that has rows
 *   integers, floats, FixedString(N)  = value after value, little-endian
 *   String     = (length bytes) after (length bytes)
 *   Nullable   = one byte a row, 1 where null; then the inner data, with something in place of nulls
 *   Array      = inner prefix | where each row ends, UInt64, counted in items; then the inner data of all items
 *   LowCardinality = prefix: version UInt64 = 1
 *                  | data, only if there are rows: flags UInt64; count of texts UInt64; the texts; count of rows
 *                    UInt64; for each row the place of its text
 *                    flags = width of a place (0: 1 byte, 1: 2, 2: 4) + 512 (texts follow) + 1024 (they are all of them)
 *                    if nullable, place 0 is null and its text means nothing
 */
export interface Column<Value> {
  readonly type: string;
  /** Values since the last `clear`. */
  readonly count: number;
  push(value: Value): void;
  writePrefix(to: Bytes): void;
  writeData(to: Bytes): void;
  clear(): void;
}

/** Items are pushed to `items`, then the row is ended; or a row is pushed as a whole. */
export interface ArrayColumn<Value> extends Column<readonly Value[]> {
  readonly items: Column<Value>;
  endRow(): void;
}

export function int64Column(): Column<number> {
  return plainColumn('Int64', writeSafeInteger);
}

export function uint64Column(): Column<number> {
  return plainColumn('UInt64', writeSafeInteger);
}

/** Anything else would be stored as another number. */
function writeSafeInteger(bytes: Bytes, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number that can be stored`);
  bytes.writeInt64(value);
}

export function int32Column(): Column<number> {
  return plainColumn('Int32', (bytes, value) => bytes.writeUint32(value));
}

export function uint32Column(): Column<number> {
  return plainColumn('UInt32', (bytes, value) => bytes.writeUint32(value));
}

export function uint8Column(): Column<number> {
  return plainColumn('UInt8', (bytes, value) => bytes.writeUint8(value));
}

/** Also for enumerations, which are integers with names; `type` then gives those. */
export function int8Column(type = 'Int8'): Column<number> {
  return plainColumn(type, (bytes, value) => bytes.writeUint8(value));
}

export function float64Column(): Column<number> {
  return plainColumn('Float64', (bytes, value) => bytes.writeFloat64(value));
}

export function boolColumn(): Column<boolean> {
  return plainColumn('Bool', (bytes, value) => bytes.writeUint8(value ? 1 : 0));
}

/** Days since 1970-01-01, at most 65535. */
export function dateColumn(): Column<number> {
  return plainColumn('Date', (bytes, value) => bytes.writeUint16(value));
}

/** The 16 bytes that the id's digits stand for: they sort as the ids do. */
export function traceIdColumn(): Column<TraceId> {
  return plainColumn('FixedString(16)', (bytes, id) => {
    bytes.writeUint32BigEndian(traceIdWord(id, 0));
    bytes.writeUint32BigEndian(traceIdWord(id, 1));
    bytes.writeUint32BigEndian(traceIdWord(id, 2));
    bytes.writeUint32BigEndian(traceIdWord(id, 3));
  });
}

export function textColumn(): Column<string> {
  return plainColumn('String', (bytes, text) => bytes.writeText(text));
}

function plainColumn<Value>(type: string, write: (bytes: Bytes, value: Value) => void): Column<Value> {
  const bytes = new Bytes();
  let count = 0;
  return {
    type,
    get count() {
      return count;
    },
    push(value) {
      write(bytes, value);
      count += 1;
    },
    writePrefix() {},
    writeData: (to) => to.writeBytes(bytes.view()),
    clear() {
      bytes.clear();
      count = 0;
    },
  };
}

export function nullableColumn<Value>(inner: Column<Value>, inPlaceOfNull: Value): Column<Value | null> {
  const nulls = new Bytes();
  return {
    type: `Nullable(${inner.type})`,
    get count() {
      return inner.count;
    },
    push(value) {
      nulls.writeUint8(value === null ? 1 : 0);
      inner.push(value ?? inPlaceOfNull);
    },
    writePrefix: (to) => inner.writePrefix(to),
    writeData(to) {
      to.writeBytes(nulls.view());
      inner.writeData(to);
    },
    clear() {
      nulls.clear();
      inner.clear();
    },
  };
}

export function arrayColumn<Value>(items: Column<Value>): ArrayColumn<Value> {
  const ends = new Bytes();
  let count = 0;
  function endRow(): void {
    ends.writeInt64(items.count);
    count += 1;
  }
  return {
    type: `Array(${items.type})`,
    items,
    endRow,
    get count() {
      return count;
    },
    push(values) {
      for (const value of values) items.push(value);
      endRow();
    },
    writePrefix: (to) => items.writePrefix(to),
    writeData(to) {
      to.writeBytes(ends.view());
      items.writeData(to);
    },
    clear() {
      ends.clear();
      items.clear();
      count = 0;
    },
  };
}

/** Texts of which few differ. */
export function lowCardinalityColumn(): Column<string> {
  return dictionaryColumn<string>('LowCardinality(String)', []);
}

export function lowCardinalityNullableColumn(): Column<string | null> {
  return dictionaryColumn<string | null>('LowCardinality(Nullable(String))', [null]);
}

const DICTIONARY_VERSION = 1;
const DICTIONARY_FLAGS = 512 + 1_024;

function dictionaryColumn<Value extends string | null>(type: string, first: readonly Value[]): Column<Value> {
  const places = new Map<Value, number>();
  const texts = new Bytes();
  let rows: number[] = [];

  function placeOf(value: Value): number {
    const known = places.get(value);
    if (known !== undefined) return known;
    const place = places.size;
    places.set(value, place);
    texts.writeText(value ?? '');
    return place;
  }

  for (const value of first) placeOf(value);
  return {
    type,
    get count() {
      return rows.length;
    },
    push(value) {
      rows.push(placeOf(value));
    },
    writePrefix: (to) => to.writeInt64(DICTIONARY_VERSION),
    writeData(to) {
      if (rows.length === 0) return;
      const width = places.size <= 2 ** 8 ? 0 : places.size <= 2 ** 16 ? 1 : 2;
      to.writeInt64(DICTIONARY_FLAGS + width);
      to.writeInt64(places.size);
      to.writeBytes(texts.view());
      to.writeInt64(rows.length);
      if (width === 0) for (const place of rows) to.writeUint8(place);
      else if (width === 1) for (const place of rows) to.writeUint16(place);
      else for (const place of rows) to.writeUint32(place);
    },
    clear() {
      places.clear();
      texts.clear();
      rows = [];
      for (const value of first) placeOf(value);
    },
  };
}
