import { ERROR, FAULT, THROTTLE, type Flags } from '../rpc/read-flags.ts';
import { tagOf, type Tags } from '../rpc/rpc-span.ts';

/**
 * Codes by grpc/grpc, doc/statuscodes.md; the position is the code. What the caller did is an error, as our SDK has it (docs/grpc.md):
 * Envoy gives such calls the HTTP status 200 and no tag `error` (source/common/tracing/http_tracer_impl.cc, addGrpcResponseTags).
 */
const STATUSES: readonly (readonly [name: string, flags: Flags])[] = [
  ['OK', {}],
  ['CANCELLED', ERROR],
  ['UNKNOWN', FAULT],
  ['INVALID_ARGUMENT', ERROR],
  ['DEADLINE_EXCEEDED', FAULT],
  ['NOT_FOUND', ERROR],
  ['ALREADY_EXISTS', ERROR],
  ['PERMISSION_DENIED', ERROR],
  ['RESOURCE_EXHAUSTED', THROTTLE],
  ['FAILED_PRECONDITION', ERROR],
  ['ABORTED', ERROR],
  ['OUT_OF_RANGE', ERROR],
  ['UNIMPLEMENTED', FAULT],
  ['INTERNAL', FAULT],
  ['UNAVAILABLE', FAULT],
  ['DATA_LOSS', FAULT],
  ['UNAUTHENTICATED', ERROR],
];

export interface GrpcOutcome {
  readonly flags: Flags;
  readonly message: string;
}

/** What `grpc.status_code` and `grpc.message` of a proxy's span tell; null when it went well, or was no gRPC. */
export function readGrpcOutcome(tags: Tags): GrpcOutcome | null {
  const code = tagOf(tags, 'grpc.status_code');
  if (code === '' || code === '0') return null;
  const [name, flags] = (/^\d{1,2}$/.test(code) ? STATUSES[Number(code)] : undefined) ?? [
    `UNKNOWN (${code.slice(0, 20)})`,
    FAULT,
  ];
  const message = tagOf(tags, 'grpc.message');
  return { flags, message: message === '' ? `gRPC ${name}` : `gRPC ${name}: ${message}` };
}
