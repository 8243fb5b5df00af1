import type { z } from 'zod';
import type { ConsoleCallName } from '../../events.ts';
import { putPositionsInput } from '../../map-positions.ts';
import { newKey } from '../administration-routes.ts';
import { checkInput, differencesInput, groupsInput, setInput, summariesInput } from '../analysis-routes.ts';
import { liveQuery } from '../console-routes.ts';
import { loginInput } from '../login-routes.ts';
import { activityQuery, layoutInput, mapQuery } from '../map-routes.ts';

/** What is told of one call under /api/. The schemas are those that its route checks. */
export interface ApiCall {
  readonly says: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What stands in the path, by name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly answer: ApiAnswer;
}

export interface ApiAnswer {
  /** An exported type of `@fluoroscope/api` where there is one. */
  readonly type?: string;
  /** Without it, JSON. */
  readonly media?: string;
  readonly says: string;
}

/** By the name under which requests are counted. */
export const API_CALLS: { readonly [Name in ConsoleCallName]?: ApiCall } = {
  map: {
    says: 'The service map of [start, end), of all traces or those of a group, with the place of every node. Of the graph in boxes of kind `by`, but for those that are `open`. By `group`, a node is in the box of the X-Ray group whose expression names it: `service(…)` anywhere but under `!`. One that several groups name is in the first of them by name; two nodes make a box.',
    query: mapQuery,
    answer: {
      type: 'MapAnswer',
      says: 'Services as in GetServiceGraph, with histograms of fewer buckets, and places.',
    },
  },
  'map-activity': {
    says: 'Requests that came in from clients, in `steps` periods of equal length.',
    query: activityQuery,
    answer: { type: 'MapActivity', says: 'What each period had.' },
  },
  'map-layout': {
    says: 'Places all nodes that the map shows between these times anew, for everybody.',
    body: layoutInput,
    answer: { type: 'LaidOut', says: 'The new places, and those before: put back with `replace` they undo it.' },
  },
  'put-map-positions': {
    says: 'Keeps places of nodes, for everybody.',
    body: putPositionsInput,
    answer: { says: '`positions`: all that are kept now, by node.' },
  },
  live: {
    says: 'A stream that tells of changes: `event: change` with LiveChange at most four times a second; with `tail`, a filter expression, `event: traces` with LiveTraces at most once a second.',
    query: liveQuery,
    answer: { media: 'text/event-stream', says: 'Until either side ends it. A comment now and then keeps it open.' },
  },
  'trace-outline': {
    says: 'What the page of one trace draws.',
    path: { id: 'A trace id, as X-Ray or W3C writes it.' },
    answer: { media: 'application/octet-stream', says: 'Frames: docs/formats and `@fluoroscope/api/outline`.' },
  },
  'trace-document': {
    says: 'One document of a trace, as it is stored.',
    path: { id: 'A trace id, as X-Ray or W3C writes it.', place: "The document's number in the outline." },
    answer: { says: 'A segment or subsegment document.' },
  },
  'filter-check': {
    says: 'Whether a filter expression can be read.',
    body: checkInput,
    answer: { type: 'FilterCheck', says: 'The problem and where it is, or null.' },
  },
  'filter-words': {
    says: 'What the newest matching traces hold: services, annotations and values to complete an expression with.',
    body: setInput,
    answer: { type: 'FilterWords', says: 'Each list by how often, most first.' },
  },
  'trace-groups': {
    says: 'The newest matching traces told apart by one field: counts, percentiles and a trend for each value.',
    body: groupsInput,
    answer: { type: 'TraceGroups', says: 'Most traces first. `looked` says how far it looked.' },
  },
  'trace-summaries': {
    says: 'Traces by their ids, each as GetTraceSummaries tells it, with its root causes: what the rows of a live tail lack.',
    body: summariesInput,
    answer: { type: 'SummariesAnswer', says: 'In the order asked for; traces that are not stored are left out.' },
  },
  'set-differences': {
    says: 'What tells two sets of traces apart, by every field, annotation and cause.',
    body: differencesInput,
    answer: { type: 'SetDifferences', says: 'What differs most comes first.' },
  },
  session: {
    says: 'Who asks.',
    answer: { type: 'SessionAnswer', says: 'The key and its scopes; no key while none is asked for.' },
  },
  'sampling-activity': {
    says: 'What clients reported of each sampling rule, and which rule recent requests match now.',
    answer: { type: 'SamplingAnswer', says: 'Rules in the order in which they are tried.' },
  },
  'encryption-keys': {
    says: 'Which keys encrypt, and which may be dropped.',
    answer: { type: 'EncryptionAnswer', says: 'Never the keys themselves.' },
  },
  trust: {
    says: 'What became of everything that was received: stored, refused, dropped, waiting.',
    answer: { type: 'TrustAnswer', says: 'Counts since the process started.' },
  },
  'list-keys': {
    says: 'The access keys.',
    answer: { type: 'KeysAnswer', says: 'As they were made, without secrets.' },
  },
  'create-key': {
    says: 'Makes an access key.',
    body: newKey,
    answer: { type: 'NewKey', says: 'With its secret, which is shown here and never again.' },
  },
  'revoke-key': {
    says: 'Takes an access key back.',
    path: { id: "The key's id: 20 letters and digits." },
    answer: { says: 'Nothing more.' },
  },
  'test-trace': {
    says: 'Sends a trace of made-up services to this server, as any sender would.',
    answer: { type: 'TestTraceAnswer', says: 'Its id.' },
  },
  'api-description': { says: 'This description.', answer: { says: 'An OpenAPI 3.1 document.' } },
  status: {
    says: 'How the server is: version, what is wrong, what is stored and what waits.',
    answer: {
      type: 'StatusAnswer',
      says: '`notices` has a sentence for each thing that is wrong or weaker than the default.',
    },
  },
  login: {
    says: 'Shows an access key. Sets a cookie that stands for it.',
    body: loginInput,
    answer: { says: '`keyId`.' },
  },
  logout: { says: 'Takes the cookie of a login back.', answer: { says: 'Nothing more.' } },
};
