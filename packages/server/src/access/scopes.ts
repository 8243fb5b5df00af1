import { KEY_SCOPES, type KeyScope } from '@fluoroscope/api';
import type { RequestName } from '../events.ts';

/** What a key may do. */
export const SCOPES: typeof KEY_SCOPES = KEY_SCOPES;
export type Scope = KeyScope;

/** What a request asks of its caller: nothing, or one of these scopes. */
export type Need = 'nothing' | readonly [Scope, ...Scope[]];

const INGEST: Need = ['ingest'];
const READ: Need = ['read'];
const OPERATOR: Need = ['operator'];
const ADMIN: Need = ['admin'];

/** Every request there is; the compiler misses a line for one that is added. */
export const NEEDS: { readonly [Name in RequestName]: Need } = {
  'put-trace-segments': INGEST,
  'put-telemetry-records': INGEST,
  'otlp-traces': INGEST,
  'zipkin-spans': INGEST,
  'jaeger-spans': INGEST,
  'get-sampling-rules': ['ingest', 'read'],
  'get-sampling-targets': INGEST,

  'batch-get-traces': READ,
  'cancel-trace-retrieval': READ,
  'get-encryption-config': READ,
  'get-group': READ,
  'get-groups': READ,
  'get-indexing-rules': READ,
  'get-insight': READ,
  'get-insight-events': READ,
  'get-insight-impact-graph': READ,
  'get-insight-summaries': READ,
  'get-retrieved-traces-graph': READ,
  'get-sampling-statistic-summaries': READ,
  'get-service-graph': READ,
  'get-time-series-service-statistics': READ,
  'get-trace-graph': READ,
  'get-trace-segment-destination': READ,
  'get-trace-summaries': READ,
  'list-resource-policies': READ,
  'list-retrieved-traces': READ,
  'list-tags-for-resource': READ,
  'start-trace-retrieval': READ,

  'create-group': OPERATOR,
  'create-sampling-rule': OPERATOR,
  'delete-group': OPERATOR,
  'delete-sampling-rule': OPERATOR,
  'tag-resource': OPERATOR,
  'untag-resource': OPERATOR,
  'update-group': OPERATOR,
  'update-indexing-rule': OPERATOR,
  'update-sampling-rule': OPERATOR,
  'update-trace-segment-destination': OPERATOR,

  'delete-resource-policy': ADMIN,
  'put-encryption-config': ADMIN,
  'put-resource-policy': ADMIN,

  map: READ,
  'trace-outline': READ,
  'trace-document': READ,
  'trace-groups': READ,
  'trace-summaries': READ,
  'set-differences': READ,
  'filter-check': READ,
  'filter-words': READ,
  'map-activity': READ,
  live: READ,
  'api-description': READ,
  session: READ,
  'sampling-activity': READ,
  'encryption-keys': READ,
  trust: READ,
  'list-keys': ADMIN,
  'create-key': ADMIN,
  'revoke-key': ADMIN,
  // It is ingested like any sender's, by whoever may look after the server too.
  'test-trace': ['ingest', 'operator'],
  status: READ,
  metrics: READ,
  'map-layout': OPERATOR,
  'put-map-positions': OPERATOR,

  // Says no more than that it runs, until a caller may read.
  health: 'nothing',
  login: 'nothing',
  logout: 'nothing',
  // The console's page and scripts, which hold no data, and paths that lead nowhere.
  'console-file': 'nothing',
  none: 'nothing',
};

/** `admin` has all scopes; who may change what is shared may also look at it. */
export function covers(scopes: readonly Scope[], need: Need): boolean {
  if (need === 'nothing' || scopes.includes('admin')) return true;
  return need.some((scope) => scopes.includes(scope) || (scope === 'read' && scopes.includes('operator')));
}

export function isIngest(name: RequestName): boolean {
  const need = NEEDS[name];
  return need !== 'nothing' && need.includes('ingest');
}

/** Whether the request changes what everybody shares; what is sent to be kept does not count. */
export function isChange(name: RequestName): boolean {
  const need = NEEDS[name];
  // Only an administrator may look at it.
  if (name === 'list-keys') return false;
  return name === 'login' || (need !== 'nothing' && !need.includes('ingest') && !need.includes('read'));
}
