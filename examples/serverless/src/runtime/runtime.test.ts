import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startDaemon, type Daemon, type Entity } from '../test-kit/daemon.ts';

const TASK_ROOT = new URL('../test-kit/functions', import.meta.url).href;
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
const folder = mkdtempSync(join(tmpdir(), 'serverless-test-'));

const definitions = [
  'look.around',
  'look.streamed',
  'misbehave.once',
  'misbehave.always',
  'misbehave.hang',
  'misbehave.crash',
  'misbehave.jam',
];
let daemon: Daemon;
let functions: Functions;
let modules: Modules;
let traces = 0;

beforeAll(async () => {
  daemon = await startDaemon();
  vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', daemon.address);
  modules = await load();
  const env = { AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const all = [...definitions, 'misbehave.nothing'].map((handler) => ({
    name: handler,
    taskRoot: TASK_ROOT,
    handler,
    timeoutMs: handler === 'misbehave.hang' ? 300 : 60_000,
    memoryMegabytes: 128,
  }));
  functions = modules.createFunctionPool(all, Object.fromEntries(all.map(({ name }) => [name, env])));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await functions.stop();
  daemon.close();
  rmSync(folder, { recursive: true });
});

test('a handler finds what Lambda gives it, and what it records belongs to its invocation', async () => {
  const first = await functions.invoke('look.around', { n: 1 }, trace());
  expect(first.error).toBe(undefined);
  const [work, segment] = await inTrace(2);
  const header = `Root=${segment?.trace_id};Parent=${segment?.id};Sampled=1`;
  expect(first.result).toMatchObject({
    event: { n: 1 },
    header,
    store: header,
    taskRoot: TASK_ROOT,
    context: {
      functionName: 'look.around',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[\w-]{36}$/),
    },
    remaining: expect.any(Number),
  });
  expect(segment).toMatchObject({ origin: 'AWS::Lambda::Function', parent_id: '00000000000000aa' });
  expect(work).toMatchObject({ name: 'work', parent_id: segment?.id });
  expect(namesOf(segment)).toEqual(['Initialization', 'Invocation', 'Overhead']);

  const second = await functions.invoke('look.around', {}, trace());
  const warm = (await inTrace(2)).find(({ origin }) => origin !== undefined);
  expect(namesOf(warm)).toEqual(['Invocation', 'Overhead']);
  expect(second.result).toMatchObject({ pid: Reflect.get(Object(first.result), 'pid') });
});

test('a streamed answer comes piece by piece, in its invocation', async () => {
  const pieces: string[] = [];
  const onPiece = {
    contentType: (type: string): void => void pieces.push(type),
    chunk: (bytes: Buffer): void => void pieces.push(bytes.toString()),
  };
  const done = await functions.invoke('look.streamed', { pieces: ['é', 'b'] }, trace(), onPiece);
  expect([done, pieces]).toEqual([{ result: undefined }, ['text/plain', 'é', 'b']]);
  const [stream, segment] = await inTrace(2);
  expect(stream).toMatchObject({ name: 'stream', parent_id: segment?.id });

  const broken = await functions.invoke('look.streamed', { pieces: ['c'], fails: true }, trace(), onPiece);
  expect([broken, pieces.at(-1)]).toMatchObject([{ error: { errorMessage: 'in the middle' } }, 'c']);
});

test('what is not sampled leaves no document', async () => {
  const unsampled = { ...trace(), sampled: false };
  const { result } = await functions.invoke('look.around', {}, unsampled);
  expect(result).toMatchObject({ header: expect.stringContaining('Sampled=0') });
  await functions.invoke('look.around', {}, trace());
  await inTrace(2);
  expect(daemon.all().filter(({ trace_id }) => trace_id === unsampled.root)).toEqual([]);
});

test.each([
  ['misbehave.always', 'TypeError', /^never$/],
  ['misbehave.hang', 'Sandbox.Timedout', /Task timed out after 0\.30 seconds$/],
  ['misbehave.crash', 'Runtime.ExitError', /exit status 3$/],
  ['misbehave.nothing', 'Error', /misbehave\.nothing is not a function/],
])('%s: a fault of the function that names the cause', async (name, type, message) => {
  const { error } = await functions.invoke(name, {}, trace());
  expect(error).toMatchObject({ errorType: type, errorMessage: expect.stringMatching(message) });
  const [segment] = await inTrace(1);
  expect(segment).toMatchObject({
    fault: true,
    cause: { exceptions: [{ type, message: expect.stringMatching(message) }] },
  });
});

test('after a crash or a timeout the next invocation begins in a new process', async () => {
  for (const name of ['misbehave.crash', 'misbehave.hang']) {
    await functions.invoke(name, {}, trace());
    const [segment] = await inTrace(1);
    expect(namesOf(segment)).toContain('Initialization');
  }
});

test.each([
  ['misbehave.once', ['Dwell Time', 'Attempt #1', 'Attempt #2'], undefined],
  ['misbehave.always', ['Dwell Time', 'Attempt #1', 'Attempt #2', 'Attempt #3'], true],
])('%s, not waited for: tried again, each attempt above its own run', async (name, parts, fault) => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { signal } = new AbortController();
  const event = { functions, name, event: {}, trace: trace(), acceptedMs: Date.now(), signal, retryMs: [1, 1] };
  expect(await modules.invokeAsync(event)).toBe(true);
  const documents = await inTrace(parts.length);
  const service = documents.find(({ origin }) => origin === 'AWS::Lambda');
  expect([namesOf(service), service?.fault]).toEqual([parts, fault]);
  const runs = documents.filter(({ origin }) => origin === 'AWS::Lambda::Function');
  expect(runs.map(({ parent_id }) => parent_id)).toEqual(service?.subsegments?.slice(1).map(({ id }) => id));
  vi.restoreAllMocks();
});

test('a batch: what failed comes again, what did not is gone, senders are linked, and the third time is the last', async () => {
  const batchesOf = (): readonly Entity[] =>
    daemon
      .all()
      .filter(({ name, origin, in_progress }) => name === 'misbehave.jam' && origin === 'AWS::Lambda' && !in_progress);
  const { length: before } = batchesOf();
  const stores = ['jobs', 'dead'].map((name) =>
    modules.openDurableMap(join(mkdtempSync(join(folder, 'batch-')), name)),
  );
  const [store, deadStore] = stores;
  const deadLetters = modules.createQueue({ store: deadStore, visibilityMs: 1 });
  const queue = modules.createQueue({ store, visibilityMs: 1, maxReceiveCount: 3, deadLetters });
  const sender = trace();
  queue.send({ body: 'good', traceHeader: `Root=${sender.root};Parent=00000000000000bb;Sampled=1` });
  queue.send({ body: 'bad' });
  const stopping = new AbortController();
  const { signal } = stopping;
  const source = { queueArn: QUEUE_ARN, functionName: 'misbehave.jam', batchSize: 10, batchWindowMs: 5, signal };
  const reading = modules.readQueue({ queue, functions, ...source });
  await expect.poll(() => queue.counts()).toEqual({ visible: 0, inFlight: 0 });
  stopping.abort();
  await reading;

  // The last datagram may still be on its way.
  await expect.poll(() => batchesOf().length).toBe(before + 2);
  const batches = batchesOf().slice(before);
  expect(batches[0]).toMatchObject({
    links: [{ trace_id: sender.root, id: '00000000000000bb' }],
    aws: { event_source_arn: QUEUE_ARN },
  });
  expect(batches[0]?.trace_id).not.toBe(sender.root);

  queue.send({ body: 'always' });
  for (let times = 0; times < 4; times += 1) {
    await expect.poll(() => queue.counts().inFlight).toBe(0);
    queue.receive(1);
  }
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0 });
  expect(deadLetters.receive(1)).toMatchObject([{ body: 'always' }]);
  for (const each of stores) each.close();
});

test('a handler leaves the same documents with the official SDK as with ours', async () => {
  const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/111122223333/both';
  const store = modules.openDurableMap(join(folder, 'both'));
  const queue = modules.createQueue({ store, visibilityMs: 60_000 });
  const endpoint = await modules.startEndpoint({ sqs: modules.createSqs({ [QUEUE_URL]: queue }), sns: () => '' });
  const definition = { taskRoot: TASK_ROOT, handler: 'record.everything', timeoutMs: 60_000, memoryMegabytes: 128 };
  const sdks = ['@fluoroscope/sdk', 'aws-xray-sdk-core'];
  const shared = { AWS_XRAY_DAEMON_ADDRESS: daemon.address, AWS_ENDPOINT_URL_SQS: endpoint.url, QUEUE_URL };
  const both = modules.createFunctionPool(
    sdks.map((name) => ({ name, ...definition })),
    Object.fromEntries(sdks.map((name) => [name, { ...shared, AWS_REGION: 'eu-west-1', XRAY_SDK: name }])),
  );
  const recorded: unknown[] = [];
  for (const name of sdks) {
    const { error } = await both.invoke(name, {}, trace());
    expect(error).toBe(undefined);
    recorded.push(comparable(await inTrace(8)));
  }
  await both.stop();
  endpoint.close();
  store.close();
  expect(recorded[0]).toEqual(recorded[1]);
});

/** In one order, without what differs from run to run. */
function comparable(documents: readonly Entity[]): readonly unknown[] {
  const names = new Map(documents.map(({ id, name, origin }) => [id, origin ?? name]));
  const varying = new Set([
    'id',
    'trace_id',
    'start_time',
    'end_time',
    'request_id',
    'message_id',
    'stack',
    'working_directory',
  ]);
  return documents
    .filter(({ origin }) => origin === undefined)
    .map((document) => ({ ...document, parent_id: names.get(document.parent_id ?? '') }))
    .map((document): unknown =>
      JSON.parse(JSON.stringify(document, (key, value: unknown) => (varying.has(key) ? undefined : value))),
    )
    .toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
}

function sortKey(document: unknown): string {
  const { name, error, aws }: { name?: string; error?: boolean; aws?: { operation: string } } = Object(document);
  return `${name} ${aws?.operation} ${error}`;
}

function trace(): Trace {
  traces += 1;
  return { root: traceIdOf(traces), parent: '00000000000000aa', sampled: true };
}

function traceIdOf(count: number): string {
  return `1-5759e988-${String(count).padStart(24, '0')}`;
}

/** The finished documents of the trace that was begun last. */
function inTrace(count: number): Promise<readonly Entity[]> {
  return daemon.take(traceIdOf(traces), count);
}

function namesOf(entity: Entity | undefined): readonly string[] {
  return entity?.subsegments?.map(({ name }) => name) ?? [];
}

interface Trace {
  readonly root: string;
  readonly parent: string;
  readonly sampled: boolean;
}

interface Functions {
  invoke(
    name: string,
    event: object,
    trace: Trace,
    onPiece?: object,
  ): Promise<{ readonly result?: unknown; readonly error?: object }>;
  stop(): Promise<unknown>;
}

interface Store {
  close(): void;
}

interface Queue {
  send(message: { readonly body: string; readonly traceHeader?: string }): object;
  receive(count: number): readonly object[];
  counts(): { readonly visible: number; readonly inFlight: number };
}

interface Modules {
  createFunctionPool(all: readonly object[], env: object): Functions;
  invokeAsync(options: object): Promise<boolean>;
  readQueue(options: object): Promise<void>;
  createQueue(options: object): Queue;
  openDurableMap(path: string): Store;
  createSqs(queues: object): object;
  startEndpoint(services: object): Promise<{ readonly url: string; close(): void }>;
}

/** The example is JavaScript; these are its parts as far as they are tested here. */
async function load(): Promise<Modules> {
  const files = [
    './function-pool.js',
    './invoke-async.js',
    './event-source.js',
    '../services/queue.js',
    '../services/durable-map.js',
    '../services/sqs-protocol.js',
    '../services/endpoint.js',
  ];
  const found = await Promise.all(files.map((file) => import(new URL(file, import.meta.url).href) as Promise<object>));
  return Object.assign({}, ...found) as Modules;
}
