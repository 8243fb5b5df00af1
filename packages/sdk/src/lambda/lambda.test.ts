import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as sdkModule from '../index.ts';
import { openUdpReceiver, type UdpReceiver } from '../testing/udp-receiver.ts';
import { SqsMessageHelper } from './sqs-message-helper.ts';

type Sdk = typeof sdkModule;

const ONE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1';
const TWO = 'Root=1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa;Parent=1111111111111111;Sampled=1';
let receiver: UdpReceiver;
let sdk: Sdk;

beforeEach(async () => {
  receiver = await openUdpReceiver();
  vi.resetModules();
  vi.stubEnv('LAMBDA_TASK_ROOT', '/var/task');
  vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', receiver.address);
  vi.stubEnv('_X_AMZN_TRACE_ID', ONE);
  sdk = await import('../index.ts');
  sdk.setLogger({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(globalThis, 'awslambda');
  await receiver.close();
});

test('subsegments leave one by one under the invocation', async () => {
  sdk.captureFunc('outer', () => sdk.captureFunc('inner', () => {}));
  const [inner, outer] = await receiver.take(2);
  expect(outer).toMatchObject({
    name: 'outer',
    parent_id: '53995c3f42cd8ad8',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  });
  expect(inner).toMatchObject({ name: 'inner', parent_id: outer?.['id'] });
});

test('each invocation has its own segment, and what began under one stays with it', async () => {
  const begun = sdk.getSegment()?.addNewSubsegment('slow');
  vi.stubEnv('_X_AMZN_TRACE_ID', TWO);
  sdk.captureFunc('fast', () => {});
  begun?.close();
  const parents = (await receiver.take(2)).map(({ name, parent_id }) => [name, parent_id]);
  expect(parents).toEqual([
    ['fast', '1111111111111111'],
    ['slow', '53995c3f42cd8ad8'],
  ]);
});

test("the runtime's store beats the environment", () => {
  Object.assign(globalThis, { awslambda: { InvokeStore: { getXRayTraceId: () => TWO } } });
  expect(sdk.getSegment()).toMatchObject({ id: '1111111111111111', trace_id: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa' });
  Object.assign(globalThis, { awslambda: { InvokeStore: { getXRayTraceId: () => undefined } } });
  expect(sdk.getSegment()).toMatchObject({ id: '53995c3f42cd8ad8', additionalTraceData: { Lineage: 'a:1' } });
});

test('a streamed response: what is recorded while it is written belongs to its invocation, and leaves when it is over', async () => {
  const invocations = new AsyncLocalStorage<string>();
  Object.assign(globalThis, { awslambda: { InvokeStore: { getXRayTraceId: () => invocations.getStore() } } });
  const written: string[] = [];
  const stream = (text: string): Writable =>
    new Writable({
      write: (chunk, _encoding, done) =>
        setTimeout(() => (written.push(text + Buffer.from(chunk).toString()), done()), 2),
    });
  const respond = (name: string) =>
    sdk.captureAsyncFunc(name, async (subsegment) => {
      const response = stream(name);
      for (const part of ['1', '2']) {
        sdk.captureFunc(`${name} part`, () => response.write(part));
        await setImmediate();
      }
      response.end();
      await finished(response);
      subsegment?.close();
    });
  await Promise.all([invocations.run(ONE, () => respond('a')), invocations.run(TWO, () => respond('b'))]);
  const documents = await receiver.take(6);
  expect(written.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
  const named = (name: string) => documents.filter((document) => document['name'] === name);
  const [a, b] = [...named('a'), ...named('b')];
  expect([a?.['parent_id'], b?.['parent_id']]).toEqual(['53995c3f42cd8ad8', '1111111111111111']);
  expect(named('a part').map(({ parent_id }) => parent_id)).toEqual([a?.['id'], a?.['id']]);
  expect(named('b part').map(({ parent_id }) => parent_id)).toEqual([b?.['id'], b?.['id']]);
});

test.each([
  ['not sampled', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0', undefined],
  ['passed through', 'Root=1-5759e988-bd862e3fe1be46a994272793', true],
  ['no header', 'moo', undefined],
])('%s: nothing is recorded', (_, header, noOp) => {
  vi.stubEnv('_X_AMZN_TRACE_ID', header);
  expect(sdk.getSegment()).toMatchObject({ notTraced: true, noOp });
});

test('without trace data the strategy hears of it', () => {
  vi.stubEnv('_X_AMZN_TRACE_ID', '');
  const messages: string[] = [];
  sdk.setContextMissingStrategy((message) => messages.push(message));
  expect(sdk.captureFunc('call', () => 1)).toBe(1);
  expect(messages[0]).toContain('Missing AWS Lambda trace data');
});

test("the invocation's segment is not ours to write", () => {
  const warnings: string[] = [];
  sdk.setLogger({ debug: () => {}, info: () => {}, error: () => {}, warn: (text) => warnings.push(String(text)) });
  const segment = sdk.getSegment() as InstanceType<Sdk['Segment']>;
  segment.addAnnotation('a', 1);
  segment.addMetadata('a', 1);
  segment.addError(new Error('no'));
  segment.addFaultFlag();
  segment.setUser('ann');
  segment.close();
  segment.flush();
  expect([warnings.length, segment.annotations, segment.isClosed(), segment.format()]).toEqual([
    5,
    undefined,
    true,
    '',
  ]);
  sdk.enableManualMode();
  expect(sdk.isAutomaticMode()).toBe(true);
});

test('sampling is decided by Lambda alone, and nothing is held', () => {
  expect(sdk.SegmentUtils.getStreamingThreshold()).toBe(0);
  expect(sdk.middleware.sampler.shouldSample({})).toBe(true);
});

test.each([
  [{ attributes: { AWSTraceHeader: ONE } }, true],
  [{ attributes: { AWSTraceHeader: 'Root=1-a-b;Sampled=0' } }, false],
  [{ attributes: {} }, false],
  [{}, false],
])('a message: %j', (message, sampled) => {
  expect(SqsMessageHelper.isSampled(message)).toBe(sampled);
});
