import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INTEGER,
  LIST,
  STRUCT,
  TINYINT,
  UBIGINT,
  UTINYINT,
  VARCHAR,
  type DuckDBType,
} from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { StoreError } from '@fluoroscope/store';

// Hot path: values go into typed arrays laid out as the engine lays out its vectors, and are copied over in
// one call per column. The vectors of node-api convert every integer to a bigint and every list to an object
// first (column.bench.ts compares the two; ../write.bench.ts has the whole).

/** Values of one column, gathered until they are copied into a vector and then cleared. */
export interface Column {
  readonly type: DuckDBType;
  copyTo(vector: Vector): void;
  clear(): void;
}

export interface ValueColumn<Value> extends Column {
  push(value: Value): void;
}

/** Its items are pushed into the item column first, then their number here. */
export interface ListColumn extends Column {
  pushCount(itemCount: number): void;
}

/** Where arrays start; they grow by doubling and stay as large as the largest chunk needed. */
const ITEMS_FIRST = 2_048;

const TWO_TO_32 = 2 ** 32;

/** A 64-bit integer: whole numbers that a double holds exactly. */
export function int64Column(): ValueColumn<number> {
  let words = new Uint32Array(2 * ITEMS_FIRST);
  let length = 0;
  return {
    type: BIGINT,
    push(value) {
      if (!Number.isSafeInteger(value)) throw new StoreError('failed', `${value} is not a whole number in range`);
      if (length === words.length) words = doubled(words, new Uint32Array(2 * length));
      const high = Math.floor(value / TWO_TO_32);
      words[length] = value - high * TWO_TO_32;
      words[length + 1] = high;
      length += 2;
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, length * 4);
    },
    clear() {
      length = 0;
    },
  };
}

/** A 64-bit unsigned integer, given as two halves. */
export interface UInt64Column extends Column {
  push(high: number, low: number): void;
}

export function uint64Column(): UInt64Column {
  let words = new Uint32Array(2 * ITEMS_FIRST);
  let length = 0;
  return {
    type: UBIGINT,
    push(high, low) {
      if (length === words.length) words = doubled(words, new Uint32Array(2 * length));
      words[length] = low;
      words[length + 1] = high;
      length += 2;
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, length * 4);
    },
    clear() {
      length = 0;
    },
  };
}

// The three below are written out, not made from one: each then works on one kind of array, which the compiler
// turns into plain stores.

export function doubleColumn(): ValueColumn<number | null> {
  let items = new Float64Array(ITEMS_FIRST);
  let length = 0;
  const nulls = createNulls();
  return {
    type: DOUBLE,
    push(value) {
      if (length === items.length) items = doubled(items, new Float64Array(2 * length));
      if (value === null) nulls.mark(length);
      items[length] = value ?? 0;
      length += 1;
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, items.buffer, 0, length * 8);
      nulls.copyTo(vector, length);
    },
    clear() {
      nulls.clear();
      length = 0;
    },
  };
}

export function int32Column(): ValueColumn<number | null> {
  let items = new Int32Array(ITEMS_FIRST);
  let length = 0;
  const nulls = createNulls();
  return {
    type: INTEGER,
    push(value) {
      if (length === items.length) items = doubled(items, new Int32Array(2 * length));
      if (value === null) nulls.mark(length);
      items[length] = value ?? 0;
      length += 1;
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, items.buffer, 0, length * 4);
      nulls.copyTo(vector, length);
    },
    clear() {
      nulls.clear();
      length = 0;
    },
  };
}

export function booleanColumn(): ValueColumn<boolean | null> {
  const bytes = byteColumn(BOOLEAN);
  return { ...bytes, push: (value) => bytes.push(value === null ? null : Number(value)) };
}

export function uint8Column(): ValueColumn<number> {
  return byteColumn(UTINYINT);
}

export function int8Column(): ValueColumn<number> {
  return byteColumn(TINYINT);
}

function byteColumn(type: DuckDBType): ValueColumn<number | null> {
  let items = new Uint8Array(ITEMS_FIRST);
  let length = 0;
  const nulls = createNulls();
  return {
    type,
    push(value) {
      if (length === items.length) items = doubled(items, new Uint8Array(2 * length));
      if (value === null) nulls.mark(length);
      // Wraps: the byte of -1 is that of 255.
      items[length] = value ?? 0;
      length += 1;
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, items.buffer, 0, length);
      nulls.copyTo(vector, length);
    },
    clear() {
      nulls.clear();
      length = 0;
    },
  };
}

export function textColumn(): ValueColumn<string | null> {
  // text   = length UINT32LE, then inline / long   ; 16 bytes, as the engine lays out a string
  // inline = 12 bytes, filled up with zeros        ; of at most 12 bytes
  // long   = what only the engine can fill in
  let bytes = new Uint8Array(TEXT_BYTES * ITEMS_FIRST);
  let words = new Uint32Array(bytes.buffer);
  let length = 0;
  const longTexts: string[] = [];
  const longPlaces: number[] = [];
  const nulls = createNulls();

  function grow(): void {
    bytes = doubled(bytes, new Uint8Array(2 * bytes.length));
    words = new Uint32Array(bytes.buffer);
  }

  return {
    type: VARCHAR,
    push(value) {
      if (TEXT_BYTES * length === bytes.length) grow();
      const place = length;
      length += 1;
      const word = 4 * place;
      words[word] = 0;
      words[word + 1] = 0;
      words[word + 2] = 0;
      words[word + 3] = 0;
      if (value === null) {
        nulls.mark(place);
      } else if (!isInline(value)) {
        longTexts.push(value);
        longPlaces.push(place);
      } else {
        words[word] = value.length;
        const first = TEXT_BYTES * place + 4;
        for (let at = 0; at < value.length; at += 1) bytes[first + at] = value.charCodeAt(at);
      }
    },
    copyTo(vector) {
      duckdb.copy_data_to_vector(vector, 0, bytes.buffer, 0, TEXT_BYTES * length);
      for (let at = 0; at < longTexts.length; at += 1) {
        duckdb.vector_assign_string_element(vector, longPlaces[at] ?? 0, longTexts[at] ?? '');
      }
      nulls.copyTo(vector, length);
    },
    clear() {
      longTexts.length = 0;
      longPlaces.length = 0;
      nulls.clear();
      length = 0;
    },
  };
}

const TEXT_BYTES = 16;
const INLINE_CHARS_MAX = 12;

/** Others cost a call of the engine each, which for a short text is most of what it costs. */
function isInline(text: string): boolean {
  if (text.length > INLINE_CHARS_MAX) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

export function listColumn(item: Column): ListColumn {
  // An entry is offset and length, 64 bits each; a chunk's items never need the high words.
  let words = new Uint32Array(4 * ITEMS_FIRST);
  let length = 0;
  let itemCount = 0;
  return {
    type: LIST(item.type),
    pushCount(count) {
      if (length === words.length) words = doubled(words, new Uint32Array(2 * length));
      words[length] = itemCount;
      words[length + 2] = count;
      length += 4;
      itemCount += count;
    },
    copyTo(vector) {
      duckdb.list_vector_reserve(vector, itemCount);
      duckdb.list_vector_set_size(vector, itemCount);
      duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, length * 4);
      item.copyTo(duckdb.list_vector_get_child(vector));
    },
    clear() {
      item.clear();
      length = 0;
      itemCount = 0;
    },
  };
}

/** Its values are pushed into the fields' columns. */
export function structColumn(fields: Readonly<Record<string, Column>>): Column {
  const columns = Object.values(fields);
  const types = Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]));
  return {
    type: STRUCT(types),
    copyTo(vector) {
      for (const [index, column] of columns.entries()) column.copyTo(duckdb.struct_vector_get_child(vector, index));
    },
    clear() {
      for (const column of columns) column.clear();
    },
  };
}

interface Nulls {
  mark(index: number): void;
  copyTo(vector: Vector, itemCount: number): void;
  clear(): void;
}

/** A bit an item, 1 for a value; the engine reads them in words of 64. */
function createNulls(): Nulls {
  let bits = new Uint8Array(ITEMS_FIRST / 8).fill(0xff);
  let marked = false;
  return {
    mark(index) {
      while (index >> 3 >= bits.length) bits = doubled(bits, new Uint8Array(2 * bits.length).fill(0xff));
      bits[index >> 3] = (bits[index >> 3] ?? 0) & ~(1 << (index & 7));
      marked = true;
    },
    copyTo(vector, itemCount) {
      if (!marked) return;
      const byteCount = Math.ceil(itemCount / 64) * 8;
      // Items behind the last null may lie behind the array.
      while (byteCount > bits.length) bits = doubled(bits, new Uint8Array(2 * bits.length).fill(0xff));
      duckdb.vector_ensure_validity_writable(vector);
      duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, byteCount);
    },
    clear() {
      if (marked) bits.fill(0xff);
      marked = false;
    },
  };
}

type GrowingArray =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

function doubled<Items extends GrowingArray>(items: Items, larger: Items): Items {
  larger.set(items);
  return larger;
}
