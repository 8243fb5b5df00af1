import type { DuckDBConnection } from '@duckdb/node-api';
import type { AnnotationValue } from '@fluoroscope/model';
import type { AnnotationCondition, TraceAnnotation } from '@fluoroscope/store';
import type { AnnotationTerm, IdRange } from '../compile-condition.ts';
import { ANNOTATION_DICTIONARIES_CACHE_BYTES_MAX, ANNOTATION_DICTIONARY_IDLE_MS } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { toBytes, toList, toNumber, toText } from '../values.ts';
import { createSliceCache } from './slice-cache.ts';

export type AnnotationPair = Pick<TraceAnnotation, 'key' | 'value'>;

/** The distinct annotations of a slice, in memory, by their numbers there. */
export interface AnnotationDictionary {
  /** Null when there is none of this number. */
  pairAt(annotationId: number): AnnotationPair | null;
  /** Numbers of all annotations that the term means; null for a text that is not compared as a whole. */
  idsOf(term: AnnotationTerm): readonly IdRange[] | null;
}

const cache = createSliceCache<AnnotationDictionary>(ANNOTATION_DICTIONARIES_CACHE_BYTES_MAX);

/** In bytes, about: known of those that are not held too. */
const sizes = new WeakMap<Source, number>();

/** Of one slice. */
const HELD_BYTES_MAX = ANNOTATION_DICTIONARIES_CACHE_BYTES_MAX / 8;

// About what they take, in bytes.
const DICTIONARY_BYTES = 256;
const KEY_BYTES = 512;
const PAIR_BYTES = 8;

/** Null when the slice's annotations must be asked for one by one. */
export async function readDictionary(reader: SliceReader, slice: Source): Promise<AnnotationDictionary | null> {
  const held = cache.get(slice, '');
  if (held !== undefined) return held;
  const sizeBytes = sizes.get(slice) ?? (await reader.on([slice], (connection) => readSize(connection, slice)));
  sizes.set(slice, sizeBytes);
  // Reading one takes as long as some looks: those of a search over more slices than fit must not drive each other out.
  if (sizeBytes > HELD_BYTES_MAX || !cache.hasRoom(sizeBytes, ANNOTATION_DICTIONARY_IDLE_MS)) return null;
  const dictionary = dictionaryOf(await reader.on([slice], (connection) => readValues(connection, slice)));
  cache.set(slice, '', dictionary, sizeBytes);
  return dictionary;
}

async function readSize(connection: DuckDBConnection, { prefix }: Source): Promise<number> {
  const sql = fillQuery('read/annotation-dictionary-size', { from: prefix });
  const [pairCount, keyCount, textBytes] = (await connection.runAndReadAll(sql)).getRows()[0] ?? [];
  return DICTIONARY_BYTES + toNumber(pairCount) * PAIR_BYTES + toNumber(keyCount) * KEY_BYTES + toNumber(textBytes);
}

/** Of one key: flags as 0 and 1, then numbers, then texts, each ascending; texts by their bytes. */
interface KeyValues {
  readonly key: string;
  readonly firstId: number;
  readonly flagCount: number;
  readonly numbers: Float64Array;
  /** Where each text ends in `texts`. */
  readonly textEnds: Int32Array;
  readonly texts: Buffer;
}

async function readValues(connection: DuckDBConnection, { prefix }: Source): Promise<readonly KeyValues[]> {
  const result = await connection.runAndReadAll(fillQuery('read/annotation-dictionary', { from: prefix }));
  return result.getRows().map(([key, firstId, flagCount, numbers, lengths, texts]) => {
    const textEnds = Int32Array.from(toList(lengths, toNumber));
    for (let at = 1; at < textEnds.length; at += 1) textEnds[at] = (textEnds[at] ?? 0) + (textEnds[at - 1] ?? 0);
    return {
      key: toText(key),
      firstId: toNumber(firstId),
      flagCount: toNumber(flagCount),
      numbers: Float64Array.from(toList(numbers, toNumber)),
      textEnds,
      // Copied: the engine's memory is gone with the answer.
      texts: Buffer.from(toBytes(texts)),
    };
  });
}

/** Keys ascending by their first number. */
function dictionaryOf(values: readonly KeyValues[]): AnnotationDictionary {
  const byKey = new Map(values.map((ofKey) => [ofKey.key, ofKey]));
  return {
    pairAt(annotationId) {
      const after = firstPlace(values.length, (place) => (values[place]?.firstId ?? 0) > annotationId);
      const ofKey = values[after - 1];
      if (ofKey === undefined) return null;
      const value = valueAt(ofKey, annotationId - ofKey.firstId);
      return value === null ? null : { key: ofKey.key, value };
    },
    idsOf(term) {
      const ofKey = byKey.get(term.key);
      if (term.op === 'annotation' && typeof term.value === 'string' && term.is !== '=') return null;
      return ofKey === undefined ? [] : idsWithin(ofKey, term);
    },
  };
}

function valueAt({ flagCount, numbers, textEnds, texts }: KeyValues, place: number): AnnotationValue | null {
  const number = numbers[place];
  if (number !== undefined) return place < flagCount ? number !== 0 : number;
  const textNo = place - numbers.length;
  const end = textEnds[textNo];
  return end === undefined ? null : texts.toString('utf8', textEnds[textNo - 1] ?? 0, end);
}

function idsWithin(ofKey: KeyValues, term: AnnotationTerm): readonly IdRange[] {
  const { firstId, flagCount, numbers, textEnds } = ofKey;
  if (term.op === 'annotation-set') return [{ first: firstId, last: firstId + numbers.length + textEnds.length - 1 }];
  const { is, value } = term;
  if (typeof value === 'string') {
    const place = placeOfText(ofKey, value);
    return place === null ? [] : [{ first: firstId + place, last: firstId + place }];
  }
  const [from, end] = typeof value === 'boolean' ? [0, flagCount] : [flagCount, numbers.length];
  const operand = Number(value);
  const matches = MATCHES[is];
  const ranges: { first: number; last: number }[] = [];
  for (let place = from; place < end; place += 1) {
    if (matches?.(numbers[place] ?? 0, operand) !== true) continue;
    const id = firstId + place;
    const range = ranges.at(-1);
    if (range !== undefined && range.last === id - 1) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

const MATCHES: Readonly<Partial<Record<AnnotationCondition['is'], (value: number, operand: number) => boolean>>> = {
  '=': (value, operand) => value === operand,
  '!=': (value, operand) => value !== operand,
  '<': (value, operand) => value < operand,
  '<=': (value, operand) => value <= operand,
  '>': (value, operand) => value > operand,
  '>=': (value, operand) => value >= operand,
};

function placeOfText({ numbers, textEnds, texts }: KeyValues, text: string): number | null {
  const wanted = Buffer.from(text);
  const compareAt = (textNo: number): number =>
    texts.compare(wanted, 0, wanted.length, textEnds[textNo - 1] ?? 0, textEnds[textNo]);
  const textNo = firstPlace(textEnds.length, (at) => compareAt(at) >= 0);
  return textNo < textEnds.length && compareAt(textNo) === 0 ? numbers.length + textNo : null;
}

/** Of places that are first all false, then all true, the first that is true; their count when none is. */
function firstPlace(count: number, isBehind: (place: number) => boolean): number {
  let first = 0;
  let end = count;
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (isBehind(middle)) end = middle;
    else first = middle + 1;
  }
  return first;
}
