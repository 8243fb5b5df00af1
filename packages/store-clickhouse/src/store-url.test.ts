import { expect, test } from 'vitest';
import { parseStoreUrl } from './store-url.ts';

test.each([
  ['http://db:8123', { url: 'http://db:8123', host: 'db:8123', database: 'fluoroscope', cluster: null }],
  ['https://db/', { url: 'https://db', host: 'db', database: 'fluoroscope', cluster: null }],
  ['http://db:8123/traces', { database: 'traces', cluster: null }],
  ['http://db:8123/traces?cluster=east-1', { database: 'traces', cluster: 'east-1' }],
])('%s', (text, expected) => {
  expect(parseStoreUrl(text)).toMatchObject({ ok: true, value: expected });
});

test.each([
  ['db:8123', 'not-http'],
  ['http://', 'not-a-url'],
  ['tcp://db:9000', 'not-http'],
  ['http://user@db', 'has-credentials'],
  ['http://user:secret@db', 'has-credentials'],
  ['http://db/a/b', 'bad-database'],
  ['http://db/a`b', 'bad-database'],
  ['http://db/1a', 'bad-database'],
  ['http://db/?cluster=', 'bad-cluster'],
  ["http://db/?cluster=a'b", 'bad-cluster'],
  ['http://db/?clusters=a', 'unknown-parameter'],
])('%s is refused: %s', (text, problem) => {
  expect(parseStoreUrl(text)).toEqual({ ok: false, problem });
});
