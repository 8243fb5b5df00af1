import { expect, test, vi } from 'vitest';
import { CapturedException } from './document/captured-exception.ts';
import { quote, secondsText, valueText } from './document/json-text.ts';
import {
  getCauseTypeFromHttpStatus,
  getHttpResponseData,
  safeParseInt,
  stripQueryStringFromPath,
} from './http-facts.ts';
import { newEntityId } from './ids.ts';
import { createConsoleLogger } from './logger.ts';
import { objectWithoutProperties } from './objects.ts';
import { RemoteRequestData } from './remote-request-data.ts';
import { openLog } from './testing/log.ts';
import { processTraceData } from './trace-data.ts';
import { TraceID, traceIdFor } from './trace-id.ts';

const ID = '1-5759e988-bd862e3fe1be46a994272793';

test('ids are 16 digits and do not repeat', () => {
  const ids = Array.from({ length: 5_000 }, newEntityId);
  expect([new Set(ids).size, ids.every((id) => /^[0-9a-f]{16}$/.test(id))]).toEqual([5_000, true]);
});

test('trace ids: new, read, invalid', () => {
  const [before, ofId, after] = [Date.now() / 1000, Number.parseInt(new TraceID().timestamp, 16), Date.now() / 1000];
  expect(ofId >= Math.floor(before) && ofId <= after).toBe(true);
  expect([TraceID.FromString(ID).toString(), traceIdFor(ID), TraceID.Invalid().toString()]).toEqual([
    ID,
    ID,
    '1-00000000-000000000000000000000000',
  ]);
  expect(TraceID.FromString(' 1-88-bd862e3fe1be46a994272793').toString()).toBe('1-00000088-bd862e3fe1be46a994272793');
});

test.each([undefined, '', '1-5759e988', '0-5759e988-a', 'x-5759e988-a', '1-xyz-a', 7])(
  '%s is no trace id: a new one',
  (text) => {
    using log = openLog();
    expect(TraceID.FromString(text as string).toString()).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(log.errors.length).toBe(1);
  },
);

test.each<[string | undefined, object]>([
  [undefined, {}],
  ['', {}],
  [`Root=${ID};Parent=a;Sampled=1`, { root: ID, parent: 'a', sampled: '1', data: {} }],
  [` sampled=? ; ROOT=${ID} ;Self=b;`, { root: ID, sampled: '?', self: 'b', data: {} }],
  ['Lineage=a:1|b:2;Foo=b=c', { data: { Lineage: 'a:1|b:2', Foo: 'b=c' } }],
  ['=a;b=;c', { data: {} }],
  [`k=${'x'.repeat(255)};l=m`, { data: { k: 'x'.repeat(255) } }],
  ['x'.repeat(10_000), {}],
])('header %s', (header, data) => {
  expect(processTraceData(header)).toEqual(data);
});

test.each([
  [399, undefined],
  [400, 'error'],
  ['499', 'error'],
  [500, 'fault'],
  ['599', 'fault'],
  [600, undefined],
  ['4xx', undefined],
  ['', undefined],
])('status %s: %s', (status, cause) => {
  expect(getCauseTypeFromHttpStatus(status)).toBe(cause);
});

test('paths, numbers, responses, copies', () => {
  expect(['/a?b?c', '/a', '', undefined].map(stripQueryStringFromPath)).toEqual(['/a', '/a', '', '']);
  expect(['12', 12.9, '12x', 'x', null, NaN, {}].map(safeParseInt)).toEqual([12, 12, 0, 0, 0, 0, 0]);
  expect(getHttpResponseData({ statusCode: '200', headers: { 'content-length': '7' } })).toEqual({
    status: 200,
    content_length: 7,
  });
  expect([getHttpResponseData(null), getHttpResponseData({})]).toEqual([{}, {}]);
  class Kept {
    a = 1;
    b = 2;
  }
  expect(objectWithoutProperties(new Kept(), ['a'])).toStrictEqual({ b: 2 });
  expect(objectWithoutProperties(new Kept(), ['a'], true)).toBeInstanceOf(Kept);
});

test('an outgoing request without its own host names that of its header', () => {
  const request = { agent: { protocol: 'https:' }, getHeader: () => 'a.b', path: '/x?y', method: 'GET' };
  expect(new RemoteRequestData(request)).toEqual({ request: { url: 'https://a.b/x', method: 'GET' } });
  expect(new RemoteRequestData({}).request).toEqual({ url: '', method: '' });
});

test.each([
  ['    at run (/a/b.js:1:2)', { path: '/a/b.js', line: 1, label: 'run' }],
  [
    '    at async Foo.bar [as baz] (file:///a/b.js:10:2)',
    { path: 'file:///a/b.js', line: 10, label: 'async Foo.bar [as baz]' },
  ],
  ['    at node:internal/timers:5:6', { path: 'node:internal/timers', line: 5, label: 'anonymous' }],
  [String.raw`    at f (C:\a\b.js:3:4)`, { path: String.raw`C:\a\b.js`, line: 3, label: 'f' }],
  ['    at new Promise (<anonymous>)', { path: '<anonymous>', line: null, label: 'new Promise' }],
])('frame %s', (line, frame) => {
  expect(new CapturedException({ name: 'E', message: 'two\nlines', stack: `E: two\nlines\n${line}` }).stack).toEqual([
    frame,
  ]);
});

test.each<[unknown, object]>([
  ['text', { message: 'text', type: '', stack: [] }],
  [
    { message: 1, stack: null },
    { message: '', type: '', stack: [] },
  ],
  [new Proxy({}, { get: () => String(BigInt('x')) }), { message: '' }],
])('thrown', (thrown, captured) => {
  expect(new CapturedException(thrown, true)).toMatchObject({ remote: true, ...captured });
});

test('frames beyond fifty are counted only', () => {
  const { stack, truncated } = new CapturedException({ stack: '    at f (a.js:1:1)\n'.repeat(70) });
  expect([stack.length, truncated]).toEqual([50, 20]);
});

test.each([
  0, 1, 1_727_004_672, 1_727_004_672.1, 1_727_004_672.999, 1_727_004_672.9996, 1_727_004_672.123456, 1e21, 0.0001, -0.5,
])('seconds %s', (seconds) => {
  expect(JSON.parse(secondsText(seconds))).toBe(seconds);
});

test.each(['', 'plain', '"', '\\', '\n', '\u0000', '\u007f', 'é€', '😀', '\u2028'])('text %j', (text) => {
  expect(JSON.parse(quote(text))).toBe(text);
});

test.each([
  [NaN, 'null'],
  [undefined, undefined],
  [() => {}, undefined],
  [[1n], '["1"]'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
])('value %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test.each([
  [{}, ['error']],
  [{ AWS_XRAY_LOG_LEVEL: 'WARN' }, ['warn', 'error']],
  [{ AWS_XRAY_LOG_LEVEL: 'silent' }, []],
  [{ AWS_XRAY_LOG_LEVEL: 'moo' }, ['error']],
  [{ AWS_XRAY_DEBUG_MODE: '1', AWS_XRAY_LOG_LEVEL: 'silent' }, ['debug', 'info', 'warn', 'error']],
])('log levels of %j', (env, levels) => {
  const told: string[] = [];
  const spies = (['debug', 'info', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((text: string) => void told.push(`${level} ${text}`)),
  );
  const logger = createConsoleLogger({ ...env, LAMBDA_TASK_ROOT: '/' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('hello', { a: 1 });
  logger.error(undefined);
  for (const spy of spies) spy.mockRestore();
  expect(told).toEqual(levels.map((level) => `${level} hello\n  {"a":1}`));
});
