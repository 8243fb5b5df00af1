import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { TrustAnswer } from '@fluoroscope/api';
import { expect, onTestFinished, test } from 'vitest';
import { listenHttp } from './http/listen.ts';
import { createSpanApp } from './http/span-app.ts';
import { alterStore } from './testing/altered-store.ts';
import { openAppRig, type AppRig } from './testing/app-rig.ts';

const NOW_SECONDS = Math.floor(Date.now() / 1_000);
const STEP_MS = 250;
/** A store that takes so many documents a step, about: a batch has their bytes. */
const BATCH_BYTES = 1_600;
const CALLS_PER_STEP = 8;
const DOCUMENTS_PER_CALL = 3;

test('a store that is outrun: calls are told to come back long before the journal is full, and what was taken is found', async () => {
  const slow = await openSlow(['--journal-wait', '4s']);
  const { rig } = slow;
  const { taken, refused } = await press(slow, 80);
  expect(refused.length).toBeGreaterThan(80);
  expect(taken.length).toBeGreaterThan(160);
  // Two seconds and more are not judged, nor is what has not waited for four.
  expect(Math.min(...refused.map(({ at }) => at))).toBeGreaterThan((4_000 / STEP_MS) * CALLS_PER_STEP);
  for (const { status, retryAfter } of refused)
    expect([status, retryAfter]).toEqual([429, expect.stringMatching(/^[1-9]/)]);
  const trust = await trustOf(rig);
  const documentCount = taken.length * DOCUMENTS_PER_CALL;
  expect(trust.losses).toEqual([{ kind: 'calls', channel: 'http', reason: 'store-behind', count: refused.length }]);
  expect(trust.documents).toMatchObject({ received: documentCount, refused: 0, dropped: 0 });
  expect(trust.journal.sizeBytes).toBeLessThan(trust.journal.sizeBytesMax / 100);
  expect((await rig.events.printMetrics()).text).toMatch(/fluoroscope_backlog_age_seconds (?:[4-9]|1\d)/);

  await slow.release();
  expect((await trustOf(rig)).documents).toMatchObject({ stored: documentCount, backlog: 0 });
  const ids = taken.slice(-5).map(({ at }) => traceIdOf(at * DOCUMENTS_PER_CALL));
  const { body } = await rig.post('/Traces', { TraceIds: ids });
  expect(body).toMatchObject({ Traces: Array.from({ length: 5 }, () => ({ Segments: [{}] })) });
  // The admission looks again only after a while.
  await slow.step();
  expect(await send(rig, 0)).toMatchObject({ status: 200 });
});

test('datagrams of that time are dropped and counted', async () => {
  const { rig, step, release } = await openSlow(['--journal-wait', '4s']);
  for (let at = 0; at < 60 * 24; at += 24) {
    for (let offered = 0; offered < 24; offered += 1) rig.app.ingest.offer(segment(at + offered));
    await rig.app.ingest.drain();
    await step();
  }
  const losses = new Map((await trustOf(rig)).losses.map(({ kind, reason, count }) => [`${kind} ${reason}`, count]));
  expect(losses.get('dropped store-behind')).toBeGreaterThan(0);
  await release();
  const { received, dropped, stored } = (await trustOf(rig)).documents;
  expect([received, received - dropped]).toEqual([60 * 24, stored]);
});

test('what brings no documents is let in', async () => {
  const slow = await openSlow(['--journal-wait', '4s']);
  await press(slow, 60);
  for (let call = 0; call < 30; call += 1) expect((await slow.rig.post('/GetSamplingRules', {})).status).toBe(200);
  expect((await trustOf(slow.rig)).losses).toHaveLength(1);
  await slow.release();
});

test.each(['0s', '1h'])('--journal-wait %s: everything is, though what waits gets older', async (wait) => {
  const slow = await openSlow(['--journal-wait', wait]);
  expect((await press(slow, 40)).refused).toEqual([]);
  expect(slow.rig.storage.backlogCount).toBeGreaterThan(400);
  await slow.release();
});

test('a call is turned away before its body is read, and the next one comes on the same connection', async () => {
  const { rig, port, agent } = await openPort([3, null]);
  const refused = await post(port, agent, Buffer.alloc(1_000_000));
  expect([refused.status, refused.headers['retry-after'], refused.isReused]).toEqual([429, '3', false]);
  expect(JSON.parse(refused.body)).toMatchObject({ __type: 'ThrottledException' });
  expect(await post(port, agent, Buffer.from('{}'))).toMatchObject({ status: 200, isReused: true });
  expect((await rig.events.printMetrics()).text).toContain(
    'fluoroscope_requests_total{operation="otlp-traces",status="429"} 1',
  );
});

test('who asks first whether to send is spared sending', async () => {
  const { port } = await openPort([3]);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n',
  );
  await once(socket, 'readable');
  socket.end();
  expect(await readText(socket)).toMatch(/^HTTP\/1\.1 429 /);
});

interface Slow {
  readonly rig: AppRig;
  /** The store takes one batch more, if there is one, and time goes on. */
  readonly step: () => Promise<void>;
  /** It takes all that is left. */
  readonly release: () => Promise<void>;
}

async function openSlow(flags: readonly string[]): Promise<Slow> {
  let nowMs = 0;
  const permits = { count: 0 };
  let wake = (): void => {};
  const rig = await openAppRig({
    flags,
    app: { nowMs: () => nowMs },
    batches: { batchBytesMax: BATCH_BYTES, gatherMs: 0 },
    store: (store) =>
      alterStore(store, {
        async write(batch) {
          while (permits.count === 0) await new Promise<void>((resolve) => (wake = resolve));
          permits.count -= 1;
          await store.write(batch);
        },
      }),
  });
  onTestFinished(() => rig[Symbol.asyncDispose]());
  function permit(count: number): void {
    permits.count += count;
    wake();
  }
  return {
    rig,
    async step() {
      nowMs += STEP_MS;
      if (rig.storage.backlogCount === 0) return;
      const written = new Promise<void>((resolve) => {
        const listening = rig.storage.onWritten(() => {
          listening[Symbol.dispose]();
          resolve();
        });
      });
      permit(1);
      await written;
    },
    async release() {
      permit(Number.POSITIVE_INFINITY);
      await rig.settle();
    },
  };
}

/** A port for OTLP where calls are answered so, one after the other. */
async function openPort(hints: readonly (number | null)[]): Promise<{ rig: AppRig; port: number; agent: Agent }> {
  const rig = await openAppRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  const left = [...hints];
  const app = createSpanApp({
    listen: 'otlpHttpListen',
    dialect: 'otlp',
    policy: { boundHost: '127.0.0.1', allowedHosts: [], corsOrigins: [] },
    ...rig.app.spans,
    turnAway: () => left.shift() ?? null,
  });
  const address = await listenHttp(app, { host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await app.close();
  });
  return { rig, port: Number(address.split(':').at(-1)), agent };
}

async function post(port: number, agent: Agent, body: Buffer) {
  const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
  const call = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/traces', headers });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.end(body);
  const [answer] = await answered;
  const text = await readText(answer);
  return { status: answer.statusCode, headers: answer.headers, body: text, isReused: call.reusedSocket };
}

interface Sent {
  readonly at: number;
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Calls, some at once, and a step of the store, in turn: about twice as much as it takes. */
async function press(
  { rig, step }: Slow,
  steps: number,
): Promise<Readonly<Record<'taken' | 'refused', readonly Sent[]>>> {
  const sent: Sent[] = [];
  for (let at = 0; at < steps * CALLS_PER_STEP; at += CALLS_PER_STEP) {
    sent.push(...(await Promise.all(Array.from({ length: CALLS_PER_STEP }, (_, call) => send(rig, at + call)))));
    await step();
  }
  return {
    taken: sent.filter(({ status }) => status === 200),
    refused: sent.filter(({ status }) => status !== 200),
  };
}

async function send({ app }: AppRig, at: number): Promise<Sent> {
  const documents = Array.from({ length: DOCUMENTS_PER_CALL }, (_, part) => segment(at * DOCUMENTS_PER_CALL + part));
  const answer = await app.http.inject({
    method: 'POST',
    url: '/TraceSegments',
    headers: { host: 'localhost' },
    body: JSON.stringify({ TraceSegmentDocuments: documents }),
  });
  const { 'retry-after': retryAfter } = answer.headers;
  return { at, status: answer.statusCode, retryAfter };
}

function segment(at: number): string {
  const times = { start_time: NOW_SECONDS, end_time: NOW_SECONDS + 0.1 };
  return JSON.stringify({ id: hexOf(at, 16), trace_id: traceIdOf(at), name: 'shop', ...times });
}

function traceIdOf(at: number): string {
  return `1-${NOW_SECONDS.toString(16)}-${hexOf(at, 24)}`;
}

function hexOf(at: number, digits: number): string {
  return (at + 1).toString(16).padStart(digits, '0');
}

async function trustOf({ app }: AppRig): Promise<TrustAnswer> {
  const answer = await app.http.inject({ url: '/api/trust', headers: { host: 'localhost' } });
  return answer.json();
}
