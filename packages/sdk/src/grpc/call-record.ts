// Hot path: once for each call and for each served call.
import { captureExceptions } from '../document/captured-exception.ts';
import type { Entity } from '../document/entity.ts';
import { meaningOf } from './status.ts';

export type CallType = 'unary' | 'client_stream' | 'server_stream' | 'bidi';

/** `/package.Service/Method` and its kind, unless that is unknown. */
export interface GrpcMethod {
  readonly path: string;
  readonly requestStream?: boolean | undefined;
  readonly responseStream?: boolean | undefined;
}

/** How a call ended. `error`: what was thrown or handed back, when it is known. */
export interface CallEnd {
  readonly code: number;
  readonly details?: string | undefined;
  readonly error?: unknown;
}

/** `metadata.grpc = {method, type?, code, status}` */
const METADATA_NAMESPACE = 'grpc';

export function urlOf(authority: string, path: string): string {
  return `grpc://${authority}${path}`;
}

/** Flags, `http.response`, `metadata.grpc` and, unless all went well, `cause`. The caller closes. */
export function recordEnd(
  entity: Entity,
  request: object | undefined,
  method: GrpcMethod,
  end: CallEnd,
  remote: boolean,
): void {
  const { code, name, http } = meaningOf(end.code);
  if (http === 429) entity.throttle = true;
  if (http >= 500) entity.fault = true;
  else if (http >= 400) entity.error = true;
  if (entity.notTraced === true) return;
  if (request !== undefined) entity.http = { request, response: { status: http } };
  entity.metadata ??= {};
  const facts = (entity.metadata[METADATA_NAMESPACE] ??= {});
  facts['method'] = method.path.slice(1);
  if (method.requestStream !== undefined) facts['type'] = typeOf(method);
  facts['code'] = code;
  facts['status'] = name;
  if (http < 400) return;
  const error = end.error ?? { name, message: end.details || name };
  entity.cause ??= { working_directory: process.cwd(), exceptions: [] };
  entity.cause.exceptions ??= [];
  entity.cause.exceptions.push(...captureExceptions(error, remote));
}

function typeOf({ requestStream, responseStream }: GrpcMethod): CallType {
  if (requestStream) return responseStream ? 'bidi' : 'client_stream';
  return responseStream ? 'server_stream' : 'unary';
}
