import { isAutomaticMode, resolveSegment, type SegmentLike } from '../context/context.ts';
import { textOr } from '../data/call.ts';
import { isFunction, registerUndo, type AnyFunction } from '../data/patches.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { printTraceHeader } from '../messaging/trace-header.ts';
import { isRecord } from '../objects.ts';
import { describeCall, flagCall, isThrottling, observe, type EndedCall } from './call-data.ts';
import { askForTraceHeader, withTraceHeader } from './propagate.ts';

/** Any client of the AWS SDK for JavaScript, version 3. */
export interface AwsV3Client {
  readonly middlewareStack: object;
  readonly config: object;
}

type Arguments = Readonly<Record<string, unknown>>;
type Handler = (args: Arguments) => Promise<unknown>;

const CALL = 'FluoroscopeCall';
/** The official SDK's name: whichever captures a client last replaces the other. */
const HEADER = 'XRaySDKInstrumentation';
const TRACE_HEADER = 'X-Amzn-Trace-Id';

/** By the context that one call's middleware shares. */
const headers = new WeakMap<object, string>();

/**
 * A subsegment for each call of the client: one for all its attempts. Twice is once.
 * @param manualSegment the parent of all calls in manual mode
 * @returns the client; `uncapture(client)` undoes it
 * @throws TypeError when it is no client of version 3
 */
export function captureAWSv3Client<T extends AwsV3Client>(client: T, manualSegment?: SegmentLike): T {
  const { middlewareStack: stack, config } = client;
  const [add, remove]: readonly unknown[] = [Reflect.get(stack, 'add'), Reflect.get(stack, 'remove')];
  if (!isFunction(add) || !isFunction(remove)) throw new TypeError('client.middlewareStack has no add and remove.');
  const release = (): void => {
    for (const name of [CALL, HEADER]) remove.call(stack, name);
  };
  release();
  add.call(stack, callMiddleware(config, manualSegment), { name: CALL, step: 'initialize', priority: 'high' });
  add.call(stack, headerMiddleware, { name: HEADER, step: 'build' });
  registerUndo(client, release);
  return client;
}

const headerMiddleware =
  (next: Handler, context: object): Handler =>
  (args) => {
    const header = headers.get(context);
    const { request } = args;
    if (header !== undefined && isRecord(request) && isRecord(request['headers']))
      request['headers'][TRACE_HEADER] = header;
    return next(args);
  };

function callMiddleware(config: object, manualSegment: SegmentLike | undefined) {
  return (next: Handler, context: Readonly<Record<string, unknown>>): Handler =>
    async (args) => {
      const service = textOr(context['clientName'], 'AWS').replace(/Client$/, '');
      const command = textOr(context['commandName'], 'call').replace(/Command$/, '');
      const operation = command.charAt(0).toLowerCase() + command.slice(1);
      const parent = isAutomaticMode() ? resolveSegment() : manualSegment;
      if (parent === undefined) {
        const where = isAutomaticMode() ? 'in the context' : 'passed to captureAWSv3Client';
        getLogger().info(`Call ${service}.${operation} is not traced: there is no sub/segment ${where}.`);
        return next(args);
      }
      const call = { service, operation, params: args['input'] };
      if (parent.notTraced === true) return next(prepare(args, context, call, parent));
      const subsegment = parent.addNewSubsegment(service);
      subsegment.namespace = 'aws';
      return record(subsegment, call, regionOf(config), () => next(prepare(args, context, call, subsegment)));
    };
}

type Call = Pick<EndedCall, 'service' | 'operation' | 'params'>;

function prepare(args: Arguments, context: object, { service, operation, params }: Call, from: SegmentLike): Arguments {
  const header = printTraceHeader(from);
  if (header === undefined) return args;
  headers.set(context, header);
  const input = askForTraceHeader(service, operation, withTraceHeader(service, operation, params, header));
  return input === params ? args : { ...args, input };
}

async function record(
  subsegment: Subsegment,
  call: Call,
  regionRead: Promise<unknown>,
  run: () => Promise<unknown>,
): Promise<unknown> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    const region = await regionRead;
    observe(() => noteFailure(subsegment, call, region, error));
    subsegment.close(error, true);
    throw error;
  }
  const output = fieldOf(result, 'output');
  if (fieldOf(output, 'presigned') !== undefined) {
    discard(subsegment);
    return result;
  }
  const facts = factsOf(fieldOf(output, '$metadata'));
  const contentLength = fieldOf(fieldOf(fieldOf(result, 'response'), 'headers'), 'content-length');
  const region = await regionRead;
  observe(() => describeCall(subsegment, { ...call, ...facts, data: output, region, contentLength }));
  flagCall(subsegment, facts.status, false);
  subsegment.close();
  return result;
}

function noteFailure(subsegment: Subsegment, call: Call, region: unknown, error: unknown): void {
  const metadata = fieldOf(error, '$metadata');
  if (metadata === undefined) return;
  const facts = factsOf(metadata);
  describeCall(subsegment, { ...call, ...facts, region });
  const throttled =
    isThrottling(fieldOf(error, 'name')) || fieldOf(fieldOf(error, '$retryable'), 'throttling') === true;
  flagCall(subsegment, facts.status, throttled);
}

/** A URL was signed; nothing was called. */
function discard(subsegment: Subsegment): void {
  subsegment.parent?.removeSubsegment(subsegment);
  subsegment.parent?.decrementCounter();
}

function factsOf(metadata: unknown): Pick<EndedCall, 'requestId' | 'extendedRequestId' | 'retries' | 'status'> {
  return {
    requestId: fieldOf(metadata, 'requestId'),
    extendedRequestId: fieldOf(metadata, 'extendedRequestId'),
    retries: fieldOf(metadata, 'attempts'),
    status: fieldOf(metadata, 'httpStatusCode'),
  };
}

function fieldOf(from: unknown, name: string): unknown {
  return isRecord(from) ? from[name] : undefined;
}

const regions = new WeakMap<object, Promise<unknown>>();

/** A client has one region for good. */
function regionOf(config: object): Promise<unknown> {
  const known = regions.get(config);
  if (known !== undefined) return known;
  const read = readRegion(config);
  regions.set(config, read);
  return read;
}

/** A client without a region fails by itself, in its own words. */
async function readRegion(config: object): Promise<unknown> {
  const region: unknown = Reflect.get(config, 'region');
  try {
    return isFunction(region) ? await callIn(config, region) : region;
  } catch {
    return undefined;
  }
}

function callIn(config: object, read: AnyFunction): unknown {
  return read.call(config);
}
