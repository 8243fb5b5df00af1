import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Segment } from '../document/segment.ts';
import { openLog } from '../testing/log.ts';
import { readDocument } from '../testing/udp-receiver.ts';
import { setDaemonAddress } from './daemon-config.ts';
import { getSendCounts } from './emitter.ts';

let server: Server;
let calls: { path: string | undefined; documents: string[] }[];
let answer: (count: number) => { status: number; body: object };

beforeEach(async () => {
  calls = [];
  answer = () => ({ status: 200, body: { UnprocessedTraceSegments: [] } });
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      calls.push({ path: request.url, documents: JSON.parse(text).TraceSegmentDocuments });
      const { status, body } = answer(calls.length);
      response.writeHead(status).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setDaemonAddress(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  // The last call ends with its connection; the next test begins with none.
  await new Promise((resolve) => void server.close(resolve));
  await new Promise((resolve) => void setTimeout(resolve, 10));
  setDaemonAddress('127.0.0.1:2000');
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function close(name: string, metadata?: string): void {
  const segment = new Segment(name);
  if (metadata !== undefined) segment.addMetadata('text', metadata);
  segment.close();
}

const namesSent = (): readonly unknown[] =>
  calls.flatMap(({ documents }) => documents.map((text) => readDocument(text)['name']));

test('documents leave in one call, in their order', async () => {
  for (const name of ['one', 'two', 'three']) close(name, 'drei "€😀"');
  await until(() => calls.length === 1);
  expect([calls[0]?.path, ...namesSent()]).toEqual(['/TraceSegments', 'one', 'two', 'three']);
  expect(readDocument(calls[0]?.documents[0] ?? '')).toMatchObject({ metadata: { default: { text: 'drei "€😀"' } } });
});

test('many leave before the batch ends; what comes meanwhile waits for the next call', async () => {
  for (let at = 0; at < 20; at += 1) close(`n${at}`, 'x'.repeat(60_000));
  await until(() => namesSent().length === 20);
  expect(namesSent()).toEqual(Array.from({ length: 20 }, (_, at) => `n${at}`));
  expect(calls.length).toBe(2);
});

test.each<[string, 'not-sent' | 'refused', { status: number; body: object }, number]>([
  ['a call that fails', 'not-sent', { status: 500, body: {} }, 2],
  ['what the server refuses', 'refused', { status: 200, body: { UnprocessedTraceSegments: [{ Message: 'no' }] } }, 1],
])('%s is counted, told, and not sent again', async (_, reason, reply, lost) => {
  using log = openLog();
  const before = getSendCounts().lost[reason];
  answer = () => reply;
  close('one');
  close('two');
  await until(() => getSendCounts().lost[reason] > before);
  expect([getSendCounts().lost[reason] - before, calls.length, log.errors.length]).toEqual([lost, 1, 1]);
});

test('a server that does not answer costs no more than the queue', async () => {
  using log = openLog();
  const before = getSendCounts().lost['queue-full'];
  for (let at = 0; at < 150; at += 1) close('burst', 'x'.repeat(60_000));
  expect(getSendCounts().lost['queue-full'] - before).toBeGreaterThan(50);
  expect(log.errors.length).toBe(1);
  await until(() => calls.length === 2);
});
