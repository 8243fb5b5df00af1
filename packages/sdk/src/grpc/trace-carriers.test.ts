import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { readTrace, writeTrace } from './trace-carriers.ts';

const ID = '1-5759e988-bd862e3fe1be46a994272793';
const W3C = '5759e988bd862e3fe1be46a994272793';
const SPAN = '53995c3f42cd8ad8';
const SHORT = '1-00000000-0000000053995c3f42cd8ad8';
const found = (sampled?: string, root = ID): object => ({ root, parent: SPAN, ...(sampled && { sampled }) });

test.each([
  ['X-Ray', { 'x-amzn-trace-id': `Root=${ID};Parent=${SPAN};Sampled=1` }, found('1')],
  [
    'X-Ray before the others',
    { 'x-amzn-trace-id': `Root=${ID};Parent=${SPAN}`, traceparent: `00-${'1'.repeat(32)}-${SPAN}-01` },
    found(),
  ],
  ['W3C, sampled', { traceparent: `00-${W3C}-${SPAN}-01` }, found('1')],
  ['W3C, not sampled', { traceparent: `00-${W3C}-${SPAN}-02` }, found('0')],
  ['W3C of a later version', { traceparent: `cc-${W3C}-${SPAN}-01-more` }, found('1')],
  [
    'W3C, with a question to X-Ray',
    { 'x-amzn-trace-id': 'Sampled=?', traceparent: `00-${W3C}-${SPAN}-01` },
    found('?'),
  ],
  ['W3C of zeros', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }, {}],
  ['W3C of version ff', { traceparent: `ff-${W3C}-${SPAN}-01` }, {}],
  ['B3', { b3: `${W3C}-${SPAN}-1` }, found('1')],
  ['B3, debug', { b3: `${W3C}-${SPAN}-d-${SPAN}` }, found('1')],
  ['B3, short id', { b3: `${SPAN}-${SPAN}` }, found(undefined, SHORT)],
  ['B3, a decision alone', { b3: '0' }, {}],
  ['B3, many keys', { 'x-b3-traceid': W3C, 'x-b3-spanid': SPAN, 'x-b3-sampled': '0' }, found('0')],
  ['B3, many keys, debug', { 'x-b3-traceid': W3C.toUpperCase(), 'x-b3-spanid': SPAN, 'x-b3-flags': '1' }, found('1')],
  ['by hand', { traceId: ID, parentId: SPAN }, found()],
  ['by hand, with a decision', { traceId: W3C, parentId: SPAN, sampled: 'false' }, found('0')],
  ['by hand, no id', { traceId: 'none', parentId: SPAN }, {}],
  ['nothing', {}, {}],
])('%s', (_, carried, expected) => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(carried)) metadata.set(key, value);
  expect(readTrace(metadata)).toMatchObject(expected);
  expect(Object.keys(readTrace(metadata)).filter((key) => key !== 'data')).toEqual(Object.keys(expected));
});

test('of several values the last counts: it was appended by the nearest hop', () => {
  const metadata = new Metadata();
  metadata.add('x-amzn-trace-id', `Root=1-00000001-${'1'.repeat(24)}`);
  metadata.add('x-amzn-trace-id', `Root=${ID};Parent=${SPAN}`);
  expect(readTrace(metadata)).toMatchObject(found());
});

test('what is written can be read by either key', () => {
  const metadata = new Metadata();
  metadata.set('traceparent', 'old');
  writeTrace(metadata, ID, SPAN, true);
  expect(readTrace(metadata)).toMatchObject(found('1'));
  metadata.remove('x-amzn-trace-id');
  expect(readTrace(metadata)).toMatchObject(found('1'));
  expect(metadata.get('traceparent')).toEqual([`00-${W3C}-${SPAN}-01`]);
});
