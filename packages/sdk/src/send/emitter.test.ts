import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Segment } from '../document/segment.ts';
import { openLog } from '../testing/log.ts';
import { openUdpReceiver, type UdpReceiver } from '../testing/udp-receiver.ts';
import { setDaemonAddress } from './daemon-config.ts';
import { closeSocket, DATAGRAM_BYTES_MAX, getSendCounts, sendDocument } from './emitter.ts';

let receiver: UdpReceiver;

beforeEach(async () => {
  receiver = await openUdpReceiver();
  setDaemonAddress(receiver.address);
});

afterEach(async () => {
  closeSocket();
  await receiver.close();
});

test('documents arrive in their order, the first ones too', async () => {
  for (const user of ['one', 'two', 'drei €😀']) {
    const segment = new Segment('shop');
    segment.setUser(user);
    segment.close();
  }
  expect((await receiver.take(3)).map((document) => document['user'])).toEqual(['one', 'two', 'drei €😀']);
});

test('a document that is too large is sent in pieces that fit', async () => {
  const segment = new Segment('large');
  for (let at = 0; at < 5; at += 1) {
    const subsegment = segment.addNewSubsegment(`s${at}`);
    subsegment.addMetadata('text', 'x'.repeat(30_000));
    subsegment.close();
  }
  segment.close();
  const documents = await receiver.take(6);
  expect(documents.map((document) => document['name'])).toEqual(['large', 's0', 's1', 's2', 's3', 's4']);
  expect(documents.slice(1).every((document) => document['parent_id'] === segment.id)).toBe(true);
  expect(Math.max(...receiver.sizes)).toBeLessThanOrEqual(DATAGRAM_BYTES_MAX);
});

test('what is too large alone goes without its metadata, and what is still too large is counted', async () => {
  using log = openLog();
  const before = getSendCounts();
  const huge = new Segment('huge');
  huge.addAnnotation('a', 'x'.repeat(70_000));
  huge.close();
  const heavy = new Segment('heavy');
  heavy.addMetadata('text', 'é'.repeat(40_000));
  heavy.close();
  expect(await receiver.take(1)).toMatchObject([{ name: 'heavy' }]);
  const { lost, withoutMetadata } = getSendCounts();
  expect([lost['too-large'] - before.lost['too-large'], withoutMetadata - before.withoutMetadata]).toEqual([1, 1]);
  expect(log.errors.join('\n')).toMatch(/1 X-Ray document\(s\) lost \(too-large\)[^]*without its metadata/);
});

test('a document of another instrumentation goes in pieces too, at any depth', async () => {
  using log = openLog();
  const text = 'x'.repeat(40_000);
  const at = { start_time: Date.now() / 1000, end_time: Date.now() / 1000 };
  const { trace_id } = new Segment('');
  const inner = { id: 'c'.repeat(16), name: 'inner', metadata: { a: { text } }, ...at };
  const outer = { id: 'b'.repeat(16), name: 'outer', metadata: { a: { text } }, subsegments: [inner], ...at };
  sendDocument(JSON.stringify({ trace_id, id: 'a'.repeat(16), name: 'span', subsegments: [outer], ...at }));
  expect(await receiver.take(3)).toMatchObject([
    { name: 'span', trace_id },
    { name: 'outer', type: 'subsegment', trace_id, parent_id: 'a'.repeat(16), metadata: { a: { text } } },
    { name: 'inner', type: 'subsegment', trace_id, parent_id: 'b'.repeat(16), metadata: { a: { text } } },
  ]);
  expect(log.errors).toEqual([]);
});

test('a document that cannot be made costs itself only, and is told once', async () => {
  using log = openLog();
  const before = getSendCounts().lost['not-encoded'];
  for (let at = 0; at < 3; at += 1) {
    const broken = new Segment('broken');
    Object.defineProperty(broken, 'annotations', {
      get: () => {
        throw new Error('no');
      },
    });
    broken.close();
  }
  new Segment('good').close();
  expect(await receiver.take(1)).toMatchObject([{ name: 'good' }]);
  expect([getSendCounts().lost['not-encoded'] - before, log.errors.length]).toEqual([3, 1]);
});

test('the application does not notice that there is no daemon, and the loss is told once', async () => {
  using log = openLog();
  await receiver.close();
  setDaemonAddress(receiver.address);
  const before = getSendCounts().lost['not-sent'];
  while (getSendCounts().lost['not-sent'] < before + 3) {
    new Segment('nowhere').close();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(log.errors).toEqual([expect.stringContaining('lost (not-sent)')]);
});

test('a name that does not resolve is waited for within limits', async () => {
  using log = openLog();
  setDaemonAddress('no-such-host.invalid:2000');
  const before = getSendCounts().lost['no-socket'];
  new Segment('nowhere').close();
  while (getSendCounts().lost['no-socket'] === before) await new Promise((resolve) => setImmediate(resolve));
  new Segment('nowhere').close();
  expect(getSendCounts().lost['no-socket']).toBe(before + 2);
  expect(log.errors.length).toBe(1);
});

test('a burst beyond the queue is dropped and counted, not kept', () => {
  using log = openLog();
  setDaemonAddress('127.0.0.1:9');
  const before = getSendCounts().lost['queue-full'];
  for (let at = 0; at < 150; at += 1) {
    const segment = new Segment('burst');
    segment.addMetadata('text', 'x'.repeat(60_000));
    segment.close();
  }
  expect(getSendCounts().lost['queue-full'] - before).toBeGreaterThan(50);
  expect(log.errors.length).toBe(1);
});

test.each([
  ['its batch leaves when the process exits', {}, 'process.exit()'],
  ['in Lambda, it leaves at once', { LAMBDA_TASK_ROOT: '/var/task' }, `process.kill(process.pid, 'SIGKILL')`],
])('a document does not wait in vain: %s', async (_, env, end) => {
  const script = `
    const { Segment } = require('@fluoroscope/sdk');
    new Segment('first').close();
    process.once('message', () => {
      new Segment('last').close();
      ${end};
    });`;
  const options = {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...env, AWS_XRAY_DAEMON_ADDRESS: receiver.address },
  };
  const child = spawn(process.execPath, ['-e', script], { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await receiver.take(1);
  child.send('end');
  expect((await receiver.take(2)).map(({ name }) => name)).toEqual(['first', 'last']);
});
