import { WORD_FIELDS, type FilterWords, type WordField } from '@fluoroscope/api';
import { ALL_TRACES } from '@fluoroscope/query';
import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import type { TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { ANNOTATION_KEYS_MAX, WORD_CHARS_MAX, WORD_SERVICES_MAX, WORD_VALUES_MAX, WORDS_TRACES_MAX } from './limits.ts';
import { createTally, type Tally } from './tally.ts';
import { walkTraces } from './walk-traces.ts';

/** Different ones remembered of each list while it is counted. */
const COUNTED_MAX = 2_000;

export interface FilterWordsOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly range: TimeRange;
}

/** What the newest traces hold, for completion: names, keys and values. */
export async function readFilterWords({ store, range }: FilterWordsOptions): Promise<FilterWords> {
  const services = createTally<string>(COUNTED_MAX);
  const annotations = new Map<string, { count: number; readonly values: Tally<AnnotationValue> }>();
  const texts = new Map(WORD_FIELDS.map((field) => [field, createTally<string>(COUNTED_MAX)]));
  const looked = await walkTraces({ store, plan: ALL_TRACES, range, countMax: WORDS_TRACES_MAX }, (rows) => {
    for (const row of rows) {
      for (const { name, type } of row.services) services.add(JSON.stringify([name, type]));
      for (const { key, value } of row.annotations) {
        if (key.length > WORD_CHARS_MAX) continue;
        let known = annotations.get(key);
        if (known === undefined && annotations.size >= COUNTED_MAX) continue;
        if (known === undefined) annotations.set(key, (known = { count: 0, values: createTally(COUNTED_MAX) }));
        known.count += 1;
        if (typeof value !== 'string' || value.length <= WORD_CHARS_MAX) known.values.add(value);
      }
      for (const [field, tally] of texts)
        for (const text of textsOf(row, field)) if (text.length <= WORD_CHARS_MAX) tally.add(text);
    }
  });
  return {
    looked,
    services: services.most(WORD_SERVICES_MAX).map((packed) => {
      const [name, type]: [string, string | null] = JSON.parse(packed);
      return { name, type };
    }),
    annotations: [...annotations]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, ANNOTATION_KEYS_MAX)
      .map(([key, { values }]) => ({ key, values: values.most(WORD_VALUES_MAX) })),
    texts: printTexts(texts),
  };
}

function printTexts(texts: ReadonlyMap<WordField, Tally<string>>): FilterWords['texts'] {
  const of = (field: WordField): readonly string[] => texts.get(field)?.most(WORD_VALUES_MAX) ?? [];
  return {
    'http.url': of('http.url'),
    'http.method': of('http.method'),
    'http.status': of('http.status'),
    'http.clientip': of('http.clientip'),
    'http.useragent': of('http.useragent'),
    user: of('user'),
    availabilityzone: of('availabilityzone'),
    'instance.id': of('instance.id'),
    'resource.arn': of('resource.arn'),
  };
}

function textsOf(row: TraceRow, field: WordField): readonly string[] {
  switch (field) {
    case 'http.url':
      return listOf(row.httpUrl);
    case 'http.method':
      return listOf(row.httpMethod);
    case 'http.status':
      return listOf(row.httpStatus === null ? null : String(row.httpStatus));
    case 'http.clientip':
      return listOf(row.clientIp);
    case 'http.useragent':
      return listOf(row.userAgent);
    case 'user':
      return row.users.map(({ name }) => name);
    case 'availabilityzone':
      return row.availabilityZones;
    case 'instance.id':
      return row.instanceIds;
    case 'resource.arn':
      return row.resourceArns;
    default:
      return field satisfies never;
  }
}

function listOf(text: string | null): readonly string[] {
  return text === null ? [] : [text];
}
