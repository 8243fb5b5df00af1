import type { WordField } from '@fluoroscope/api';

export type ValueType = 'boolean' | 'number' | 'text';

export interface Keyword {
  readonly name: string;
  readonly type: ValueType;
  readonly detail: string;
  /** Stands in braces only. */
  readonly inBraces?: boolean;
  /** Its values come from the newest traces. */
  readonly words?: WordField;
}

/** Keywords that are one name. */
export const KEYWORDS: readonly Keyword[] = [
  { name: 'ok', type: 'boolean', detail: 'neither failed nor running' },
  { name: 'fault', type: 'boolean', detail: 'answered with a fault (5xx)' },
  { name: 'error', type: 'boolean', detail: 'answered with an error (4xx)' },
  { name: 'throttle', type: 'boolean', detail: 'some call was throttled (429)' },
  { name: 'partial', type: 'boolean', detail: 'still running, or parts are missing' },
  { name: 'inferred', type: 'boolean', detail: 'has services known from calls only' },
  { name: 'responsetime', type: 'number', detail: 'seconds until the client had its answer' },
  { name: 'duration', type: 'number', detail: 'seconds from the first to the last segment' },
  { name: 'http.status', type: 'number', detail: 'status code', words: 'http.status' },
  { name: 'http.url', type: 'text', detail: 'whole address', words: 'http.url' },
  { name: 'http.method', type: 'text', detail: 'GET, POST, …', words: 'http.method' },
  { name: 'http.useragent', type: 'text', detail: 'client’s program', words: 'http.useragent' },
  { name: 'http.clientip', type: 'text', detail: 'client’s address', words: 'http.clientip' },
  { name: 'user', type: 'text', detail: 'user of any segment', words: 'user' },
  { name: 'availabilityzone', type: 'text', detail: 'zone of any segment', words: 'availabilityzone' },
  { name: 'instance.id', type: 'text', detail: 'EC2 instance of any segment', words: 'instance.id' },
  { name: 'resource.arn', type: 'text', detail: 'ARN of any resource', words: 'resource.arn' },
  { name: 'account.id', type: 'text', detail: 'AWS account' },
  { name: 'group.name', type: 'text', detail: 'what a group’s expression finds' },
  { name: 'group.arn', type: 'text', detail: 'what a group’s expression finds' },
  { name: 'root', type: 'boolean', detail: 'first service of the trace', inBraces: true },
  { name: 'first', type: 'boolean', detail: 'first of the list', inBraces: true },
  { name: 'last', type: 'boolean', detail: 'last of the list', inBraces: true },
  { name: 'remote', type: 'boolean', detail: 'a call to elsewhere', inBraces: true },
  { name: 'index', type: 'number', detail: 'place in the list, from 0', inBraces: true },
  { name: 'coverage', type: 'number', detail: 'share of the response time', inBraces: true },
  { name: 'name', type: 'text', detail: 'of a service, entity or exception', inBraces: true },
  { name: 'type', type: 'text', detail: 'of a service', inBraces: true },
  { name: 'message', type: 'text', detail: 'of an exception', inBraces: true },
];

export const KEYWORD_BY_NAME: ReadonlyMap<string, Keyword> = new Map(KEYWORDS.map((it) => [it.name, it]));

/** What has grammar of its own; `insert` is written, the cursor at `|`. */
export const FUNCTIONS: readonly { readonly label: string; readonly insert: string; readonly detail: string }[] = [
  { label: 'service', insert: 'service("|")', detail: 'went through a service' },
  { label: 'service{…}', insert: 'service("|") { fault }', detail: 'a service whose segments fulfil' },
  { label: 'edge', insert: 'edge("|", "")', detail: 'one service called another' },
  { label: 'annotation', insert: 'annotation.|', detail: 'an annotation’s value' },
  {
    label: 'rootcause.fault.service',
    insert: 'rootcause.fault.service { last and name = "|" }',
    detail: 'where a fault began',
  },
  {
    label: 'rootcause.fault.exception',
    insert: 'rootcause.fault.exception { name = "|" }',
    detail: 'exception of a fault',
  },
  {
    label: 'rootcause.error.service',
    insert: 'rootcause.error.service { last and name = "|" }',
    detail: 'where an error began',
  },
  {
    label: 'rootcause.responsetime.entity',
    insert: 'rootcause.responsetime.entity { coverage > 0.5 and name = "|" }',
    detail: 'what took the time',
  },
];

export const FUNCTION_WORD = /^(?:service|edge|id|(?:(?:source|destination)\.)?annotation(?:\..*)?|rootcause\..*)$/i;

/** In the order in which they are offered. */
export const OPERATORS: Readonly<Record<ValueType, readonly string[]>> = {
  boolean: ['=', '!='],
  number: ['>=', '<=', '=', '!=', '>', '<'],
  text: ['=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'],
};
