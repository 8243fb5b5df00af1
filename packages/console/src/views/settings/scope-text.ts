import type { KeyScope } from '@fluoroscope/api';

/** What a scope allows, for people. */
export const SCOPE_TEXT: Readonly<Record<KeyScope, string>> = {
  ingest: 'send traces, ask for sampling',
  read: 'search, graphs, this console',
  operator: 'read, and change groups, rules and the map',
  admin: 'everything, keys and encryption too',
};
