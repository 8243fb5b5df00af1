import type { NumberField, TextField, TraceFlag, TraceRow } from '@fluoroscope/store';

/** Where a condition stands: at the trace, or in the braces of something that enumerates. */
export type Place = 'trace' | 'service' | 'edge' | 'cause-service' | 'cause-entity' | 'slow-entity' | 'cause-exception';

/** Lists of a row that a search gets with it and a store cannot be asked for. */
export type ListedNames = keyof Pick<TraceRow, 'availabilityZones' | 'instanceIds' | 'resourceArns'> | 'accountIds';

/** `flag` and `field` say what a store is asked for; null: it stands in braces, or is answered from the row (`names`). */
export type Keyword = { readonly places: readonly Place[] } & (
  | { readonly type: 'boolean'; readonly flag: TraceFlag | null }
  | { readonly type: 'number'; readonly field: NumberField | null; readonly unit: 'seconds' | 'plain' }
  | { readonly type: 'text'; readonly field: TextField | null; readonly names?: ListedNames }
  | { readonly type: 'group' }
);

const TRACE: readonly Place[] = ['trace'];
const SEGMENTS: readonly Place[] = ['trace', 'service', 'edge'];
const LISTS: readonly Place[] = ['cause-service', 'cause-entity', 'slow-entity', 'cause-exception'];
const ENTITIES: readonly Place[] = ['cause-entity', 'slow-entity', 'cause-exception'];

/** Every keyword that is one name (XRAY-SPEC §5.2). `service`, `edge`, `annotation` and `rootcause` are grammar. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['ok', { type: 'boolean', places: SEGMENTS, flag: 'ok' }],
  ['error', { type: 'boolean', places: SEGMENTS, flag: 'error' }],
  ['throttle', { type: 'boolean', places: SEGMENTS, flag: 'throttle' }],
  ['fault', { type: 'boolean', places: SEGMENTS, flag: 'fault' }],
  ['partial', { type: 'boolean', places: SEGMENTS, flag: 'partial' }],
  ['inferred', { type: 'boolean', places: [...SEGMENTS, 'cause-service'], flag: 'inferred' }],
  ['root', { type: 'boolean', places: ['service', 'cause-service'], flag: null }],
  ['first', { type: 'boolean', places: LISTS, flag: null }],
  ['last', { type: 'boolean', places: LISTS, flag: null }],
  ['remote', { type: 'boolean', places: ENTITIES, flag: null }],

  ['responsetime', { type: 'number', places: SEGMENTS, field: 'responseTimeUs', unit: 'seconds' }],
  ['duration', { type: 'number', places: SEGMENTS, field: 'durationUs', unit: 'seconds' }],
  ['http.status', { type: 'number', places: SEGMENTS, field: 'httpStatus', unit: 'plain' }],
  ['index', { type: 'number', places: LISTS, field: null, unit: 'plain' }],
  ['coverage', { type: 'number', places: ['slow-entity'], field: null, unit: 'plain' }],

  ['http.url', { type: 'text', places: SEGMENTS, field: 'httpUrl' }],
  ['http.method', { type: 'text', places: SEGMENTS, field: 'httpMethod' }],
  ['http.useragent', { type: 'text', places: SEGMENTS, field: 'userAgent' }],
  ['http.clientip', { type: 'text', places: SEGMENTS, field: 'clientIp' }],
  ['user', { type: 'text', places: ['trace', 'service'], field: 'user' }],
  ['availabilityzone', { type: 'text', places: TRACE, field: null, names: 'availabilityZones' }],
  ['instance.id', { type: 'text', places: TRACE, field: null, names: 'instanceIds' }],
  ['resource.arn', { type: 'text', places: TRACE, field: null, names: 'resourceArns' }],
  ['account.id', { type: 'text', places: ['trace', 'cause-service'], field: null, names: 'accountIds' }],
  ['name', { type: 'text', places: LISTS, field: null }],
  ['type', { type: 'text', places: ['cause-service'], field: null }],
  ['message', { type: 'text', places: ['cause-exception'], field: null }],

  ['group.name', { type: 'group', places: TRACE }],
  ['group.arn', { type: 'group', places: TRACE }],
]);

/** What a place is called in messages. */
export function printPlace(place: Place): string {
  switch (place) {
    case 'trace':
      return 'outside braces';
    case 'service':
      return 'inside service{…}';
    case 'edge':
      return 'inside edge{…}';
    case 'cause-service':
      return 'inside rootcause….service{…}';
    case 'cause-entity':
      return 'inside rootcause.fault.entity{…} and rootcause.error.entity{…}';
    case 'slow-entity':
      return 'inside rootcause.responsetime.entity{…}';
    case 'cause-exception':
      return 'inside rootcause….exception{…}';
    default:
      return place satisfies never;
  }
}
