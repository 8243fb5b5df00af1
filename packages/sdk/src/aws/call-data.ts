import type { Subsegment } from '../document/subsegment.ts';
import { getCauseTypeFromHttpStatus, safeParseInt } from '../http-facts.ts';
import { getLogger } from '../logger.ts';
import { captureParameters } from './whitelist.ts';

/** What is known of a call when it has ended. */
export interface EndedCall {
  /** As the client names it: `DynamoDB`, `s3`. */
  readonly service: string;
  /** With a small first letter. */
  readonly operation: string;
  readonly params: unknown;
  readonly data?: unknown;
  readonly region?: unknown;
  readonly requestId?: unknown;
  readonly extendedRequestId?: unknown;
  readonly retries?: unknown;
  readonly status?: unknown;
  readonly contentLength?: unknown;
}

/** Writes `aws` and `http`. */
export function describeCall(subsegment: Subsegment, call: EndedCall): void {
  const service = call.service.toLowerCase();
  const aws: Record<string, unknown> = { operation: call.operation.charAt(0).toUpperCase() + call.operation.slice(1) };
  if (call.region) aws['region'] = call.region;
  if (call.requestId) aws['request_id'] = call.requestId;
  aws['retries'] = call.retries || 0;
  if (call.extendedRequestId && service === 's3') aws['id_2'] = call.extendedRequestId;
  captureParameters({ service, operation: call.operation, params: call.params, data: call.data }, aws);
  subsegment.aws = aws;
  const status = safeParseInt(call.status);
  if (status === 0) return;
  const length = call.contentLength === undefined ? undefined : safeParseInt(call.contentLength);
  subsegment.http = { response: { status, ...(length !== undefined && { content_length: length }) } };
}

/** What a user's table or a service's answer holds must not fail the call. */
export function observe(describe: () => void): void {
  try {
    describe();
  } catch (error) {
    getLogger().error('An AWS call could not be described:', error);
  }
}

/** 429 and what the service calls throttling, 4xx, 5xx. */
export function flagCall(subsegment: Subsegment, status: unknown, throttled: boolean): void {
  if (throttled || safeParseInt(status) === 429) subsegment.addThrottleFlag();
  const kind = getCauseTypeFromHttpStatus(safeParseInt(status));
  if (kind === 'fault') subsegment.addFaultFlag();
  if (kind === 'error') subsegment.addErrorFlag();
}

// Names of errors and the field by which newer services mark them, as in @smithy/service-error-classification.
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

export function isThrottling(name: unknown): boolean {
  return typeof name === 'string' && THROTTLING.has(name);
}
