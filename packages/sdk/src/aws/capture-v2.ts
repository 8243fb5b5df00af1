import { isAutomaticMode, resolveManualSegmentParams, resolveSegment, type SegmentLike } from '../context/context.ts';
import { bindToCaller, textOr } from '../data/call.ts';
import { isFunction, registerUndo, type AnyFunction } from '../data/patches.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { printTraceHeader } from '../messaging/trace-header.ts';
import { isRecord } from '../objects.ts';
import { describeCall, flagCall, observe } from './call-data.ts';
import { withTraceHeader } from './propagate.ts';

const VERSION_MIN = [2, 7, 15] as const;
const TRACE_HEADER = 'X-Amzn-Trace-Id';

/** Requests that one capture has taken: a service and a client of it may both be captured. */
const taken = new WeakSet<object>();

/**
 * Every client made from the AWS SDK for JavaScript, version 2, before or after.
 * @returns the SDK; `uncapture(AWS)` undoes it
 * @throws Error when it is older than 2.7.15 or no such SDK
 */
export function captureAWS<T extends object>(awssdk: T): T {
  const version: unknown = Reflect.get(awssdk, 'VERSION');
  if (typeof version !== 'string' || !isNewEnough(version)) {
    throw new Error(`AWS SDK version ${VERSION_MIN.join('.')} or greater required.`);
  }
  const undo: (() => void)[] = [];
  for (const member of Object.values(awssdk)) {
    if (typeof member !== 'function' || !Reflect.get(member, 'serviceIdentifier')) continue;
    const prototype: unknown = Reflect.get(member, 'prototype');
    if (isRecord(prototype)) undo.push(customize(prototype));
  }
  registerUndo(awssdk, () => undo.forEach((each) => each()));
  return awssdk;
}

/**
 * A subsegment for each call of a client of version 2. In manual mode a call's parameters have the parent as `XRaySegment`.
 * @returns the client; `uncapture(client)` undoes it
 * @throws TypeError when it is no such client
 */
export function captureAWSClient<T extends object>(service: T): T {
  registerUndo(service, customize(service));
  return service;
}

function customize(service: object): () => void {
  const customizeRequests: unknown = Reflect.get(service, 'customizeRequests');
  if (!isFunction(customizeRequests)) throw new TypeError('The service has no customizeRequests.');
  let captured = true;
  customizeRequests.call(service, function captureRequest(this: unknown, request: unknown) {
    if (captured && isRecord(request) && !taken.has(request)) capture(this, request);
  });
  return () => {
    captured = false;
  };
}

type Request = Record<string, unknown>;

function capture(service: unknown, request: Request): void {
  taken.add(request);
  const name = textOr(fieldOf(service, 'serviceIdentifier'), 'aws');
  const operation = String(request['operation']);
  const { params } = request;
  const parent = resolveSegment(resolveManualSegmentParams(isRecord(params) ? params : undefined));
  if (parent === undefined) {
    const where = isAutomaticMode() ? 'in the context' : 'among its parameters, as "XRaySegment"';
    getLogger().info(`Call ${name}.${operation} is not traced: there is no sub/segment ${where}.`);
    return;
  }
  const subsegment = parent.notTraced === true ? undefined : parent.addNewSubsegment(name);
  if (subsegment !== undefined) subsegment.namespace = 'aws';
  carry(request, name, operation, subsegment ?? parent);
  bindCallback(request);
  if (subsegment !== undefined) record(service, request, subsegment);
}

function carry(request: Request, service: string, operation: string, from: SegmentLike): void {
  const header = printTraceHeader(from);
  if (header === undefined) return;
  request['params'] = withTraceHeader(service, operation, request['params'], header);
  let presigned = false;
  listen(request, 'beforePresign', () => {
    presigned = true;
  });
  listen(request, 'build', () => {
    if (presigned) return;
    const headers = fieldOf(request['httpRequest'], 'headers');
    if (isRecord(headers)) headers[TRACE_HEADER] = header;
  });
}

/** What is done in the callback belongs to the caller. */
function bindCallback(request: Request): void {
  const { send } = request;
  if (!isFunction(send)) return;
  request['send'] = function sendBound(this: unknown, callback: unknown): unknown {
    return send.call(this, isFunction(callback) ? bindToCaller(callback) : callback);
  };
}

function record(service: unknown, request: Request, subsegment: Subsegment): void {
  const { stack } = new Error('the call');
  const complete: AnyFunction = (response) => {
    const found = isRecord(response) ? response : {};
    const answer = found['httpResponse'];
    const status = fieldOf(answer, 'statusCode');
    observe(() =>
      describeCall(subsegment, {
        service: subsegment.name,
        operation: String(request['operation']),
        params: request['params'],
        data: found['data'],
        region: fieldOf(request['httpRequest'], 'region'),
        requestId: found['requestId'],
        extendedRequestId: found['extendedRequestId'],
        retries: found['retryCount'],
        status,
        contentLength: fieldOf(fieldOf(answer, 'headers'), 'content-length'),
      }),
    );
    const { error } = found;
    flagCall(subsegment, status, isThrottled(service, error));
    if (!isRecord(error)) subsegment.close();
    else subsegment.close({ message: error['message'], name: error['code'], stack }, Boolean(status));
  };
  listen(request, 'complete', complete);
  // A URL is signed; nothing will be called.
  listen(request, 'beforePresign', () => {
    subsegment.parent?.removeSubsegment(subsegment);
    subsegment.parent?.decrementCounter();
    const { removeListener } = request;
    if (isFunction(removeListener)) removeListener.call(request, 'complete', complete);
  });
}

function isThrottled(service: unknown, error: unknown): boolean {
  const decide = fieldOf(service, 'throttledError');
  return isRecord(error) && isFunction(decide) && decide.call(service, error) === true;
}

function listen(request: Request, event: string, listener: AnyFunction): void {
  const { on } = request;
  if (isFunction(on)) on.call(request, event, listener);
}

function fieldOf(from: unknown, name: string): unknown {
  return isRecord(from) ? from[name] : undefined;
}

function isNewEnough(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [at, least] of VERSION_MIN.entries()) {
    const part = parts[at] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
