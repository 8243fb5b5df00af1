import official from 'aws-xray-sdk';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { currentSegment, getNamespace, setSegment } from '../context/context.ts';
import { uncapture } from '../data/patches.ts';
import { Segment } from '../document/segment.ts';
import { openLog } from '../testing/log.ts';
import { captureAWS, captureAWSClient } from './capture-v2.ts';

interface Outcome {
  readonly status?: number;
  readonly headers?: object;
  readonly data?: object;
  readonly error?: { readonly code: string; readonly message: string };
  readonly retryCount?: number;
}

type Listener = (argument: object) => void;

/** A request as AWS.Request is: built, then completed. */
class Request {
  readonly httpRequest = { headers: {} as Record<string, string>, region: 'eu-west-1' };
  readonly #listeners: [string, Listener][] = [];
  readonly operation: string;
  params: object;
  readonly outcome: Outcome;
  constructor(operation: string, params: object, outcome: Outcome) {
    this.operation = operation;
    this.params = params;
    this.outcome = outcome;
  }
  on(event: string, listener: Listener): this {
    this.#listeners.push([event, listener]);
    return this;
  }
  removeListener(event: string, listener: Listener): this {
    const at = this.#listeners.findIndex((each) => each[0] === event && each[1] === listener);
    if (at >= 0) this.#listeners.splice(at, 1);
    return this;
  }
  emit(event: string, argument: object): void {
    for (const [name, listener] of this.#listeners.slice()) if (name === event) listener(argument);
  }
  send(callback?: (error: unknown) => void): void {
    this.emit('build', this);
    setImmediate(() => {
      const { status, headers, ...rest } = this.outcome;
      const httpResponse = status === undefined ? undefined : { statusCode: status, headers };
      this.emit('complete', {
        request: this,
        requestId: 'R1',
        extendedRequestId: 'E1',
        retryCount: 1,
        httpResponse,
        ...rest,
      });
      callback?.(this.outcome.error);
    });
  }
}

class Service {
  static serviceIdentifier = 's3';
  readonly serviceIdentifier: string = 's3';
  customRequestHandler?: (request: Request) => void;
  customizeRequests(handler: (request: Request) => void): void {
    this.customRequestHandler = handler;
  }
  throttledError({ code }: { code: string }): boolean {
    return code === 'SlowDown';
  }
  makeRequest(operation: string, params: object, outcome: Outcome): Request {
    const request = new Request(operation, params, outcome);
    const prototype = Object.getPrototypeOf(this) as Service;
    prototype.customRequestHandler?.(request);
    if (Object.hasOwn(this, 'customRequestHandler')) this.customRequestHandler?.(request);
    return request;
  }
}
Object.assign(Service.prototype, { serviceIdentifier: 's3' });

const newService = (): Service => new (class extends Service {})();

beforeAll(() => {
  official.setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  official.enableManualMode();
});
let segment: Segment;
beforeEach(() => {
  segment = new Segment('shop');
});

function inSegment<T>(run: () => T): T {
  return getNamespace().runAndReturn(() => {
    setSegment(segment);
    return run();
  });
}

const finished = (request: Request): Promise<unknown> => new Promise((resolve) => request.send(resolve));
const subsegmentsOf = (of: { toString(): string }): object[] =>
  (JSON.parse(of.toString()) as { subsegments?: object[] }).subsegments ?? [];

test.each<[string, Outcome]>([
  ['ok', { status: 200, headers: {}, data: {} }],
  ['an error', { status: 404, headers: {}, error: { code: 'NoSuchKey', message: 'none' } }],
  ['throttled', { status: 503, headers: {}, error: { code: 'SlowDown', message: 'slower' } }],
  ['too many', { status: 429, headers: {}, error: { code: 'TooMany', message: 'slower' } }],
  ['no answer', { error: { code: 'NetworkingError', message: 'down' } }],
])('%s: the document is that of the official SDK', async (_, outcome) => {
  const theirs = new official.Segment('shop');
  const params = { Bucket: 'b', Key: 'k', VersionId: 'v' };
  const [one, two] = [newService(), newService()];
  official.captureAWSClient(one);
  await finished(one.makeRequest('getObject', { ...params, XRaySegment: theirs }, outcome));
  captureAWSClient(two);
  const request = inSegment(() => two.makeRequest('getObject', params, outcome));
  await finished(request);
  expect(subsegmentsOf(segment).map(comparable)).toEqual(subsegmentsOf(theirs).map(comparable));
  expect(request.httpRequest.headers['X-Amzn-Trace-Id']).toMatch(/^Root=1-.{33};Parent=.{16};Sampled=1$/);
});

function comparable(subsegment: unknown): unknown {
  const text = JSON.stringify(subsegment, (key, value: unknown) =>
    ['id', 'start_time', 'end_time', 'stack'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}

test('a length is a number', async () => {
  const service = captureAWSClient(newService());
  await finished(
    inSegment(() => service.makeRequest('getObject', {}, { status: 200, headers: { 'content-length': '12' } })),
  );
  expect(subsegmentsOf(segment)).toMatchObject([{ http: { response: { status: 200, content_length: 12 } } }]);
});

test('a service and a client of it are one subsegment, with the callback in the caller’s segment', async () => {
  class Queue extends Service {}
  Object.assign(Queue, { serviceIdentifier: 's3' });
  const AWS = { VERSION: '2.1693.0', Queue, config: {}, util: () => {} };
  captureAWS(AWS);
  const service = captureAWSClient(new Queue());
  const found = await inSegment(
    () =>
      new Promise((resolve) =>
        service.makeRequest('getObject', {}, { status: 200 }).send(() => resolve(currentSegment())),
      ),
  );
  expect([found, segment.subsegments?.length]).toEqual([segment, 1]);
  uncapture(AWS);
  uncapture(service);
  await finished(inSegment(() => service.makeRequest('getObject', {}, { status: 200 })));
  expect(segment.subsegments?.length).toBe(1);
});

test.each(['2.7.14', '1.9.9', ''])('version %s is too old', (VERSION) => {
  expect(() => captureAWS({ VERSION })).toThrow('2.7.15 or greater');
});

test('a signed URL is no call and carries no header', () => {
  const service = captureAWSClient(newService());
  const request = inSegment(() => service.makeRequest('getObject', {}, { status: 200 }));
  request.emit('beforePresign', request);
  request.emit('build', request);
  expect([segment.subsegments, segment.counter, request.httpRequest.headers]).toEqual([[], 0, {}]);
});

test('a message carries the header; not sampled, it says so and is not recorded', async () => {
  const service = newService();
  Object.getPrototypeOf(service).serviceIdentifier = 'sqs';
  Object.assign(service, { serviceIdentifier: 'sqs' });
  captureAWSClient(service);
  segment.notTraced = true;
  const params = { QueueUrl: 'q', MessageBody: 'b' };
  const request = inSegment(() => service.makeRequest('sendMessage', params, { status: 200 }));
  await finished(request);
  const header = `Root=${segment.trace_id};Parent=${segment.id};Sampled=0`;
  expect(request.params).toEqual({
    ...params,
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } },
  });
  expect([params, segment.subsegments]).toEqual([{ QueueUrl: 'q', MessageBody: 'b' }, undefined]);
});

test('without a segment the call is made', async () => {
  using log = openLog();
  const service = captureAWSClient(newService());
  expect(await finished(service.makeRequest('getObject', {}, { status: 200 }))).toBeUndefined();
  expect(log.errors.length).toBe(1);
});
