import { causeOfMessage, ERROR, FAULT, flagsOfStatus, readFlags, THROTTLE, type Flags } from '../rpc/read-flags.ts';
import { readStatus } from '../rpc/read-http.ts';
import { tagOf, type RpcSpan, type Tags } from '../rpc/rpc-span.ts';
import { readGrpcOutcome } from './grpc-outcome.ts';

// envoyproxy/envoy source/common/stream_info/utility.h; XRAY-SPEC §11.5. DI only says that a delay was injected.
const FLAGS: ReadonlyMap<string, Flags> = new Map([
  ...[
    'UH',
    'UF',
    'UO',
    'NR',
    'URX',
    'UT',
    'UC',
    'UR',
    'UPE',
    'NC',
    'DF',
    'DO',
    'LH',
    'LR',
    'SI',
    'UMSDR',
    'DT',
    'NFCF',
    'OM',
    'FI',
  ].map((flag) => [flag, FAULT] as const),
  ...['RL', 'RLSE'].map((flag) => [flag, THROTTLE] as const),
  ...['DC', 'DR', 'DPE', 'UAEX', 'IH'].map((flag) => [flag, ERROR] as const),
]);

/**
 * response_flags = "-" / flag *( "," flag )
 *
 * A status that tells goes first, then the first known flag, then gRPC's status, then what any span's tags say. Flags that failed
 * the request are its cause, or else gRPC's status is.
 */
export function readMeshFlags(span: Pick<RpcSpan, 'tags' | 'kind'>): Flags {
  const text = tagOf(span.tags, 'response_flags');
  const known = text.split(',', RESPONSE_FLAGS_MAX).flatMap((flag) => FLAGS.get(flag.trim()) ?? []);
  const [ofFlag] = known;
  if (ofFlag === undefined) {
    const grpc = readGrpcOutcome(span.tags);
    if (grpc === null) return readFlags(span);
    return { ...(flagsOfStatus(readStatus(span)) ?? grpc.flags), cause: causeOfMessage(grpc.message, true) };
  }
  const reason = tagOf(span.tags, 'error.reason');
  const message = reason === '' ? `response flags ${text}` : `${reason} (response flags ${text})`;
  return { ...(flagsOfStatus(readStatus(span)) ?? ofFlag), cause: causeOfMessage(message, true) };
}

// No host, no address, no connection, no route, or stopped by a filter.
const BEFORE_THE_PEER: ReadonlySet<string> = new Set([
  'UH',
  'UF',
  'UO',
  'NR',
  'NC',
  'DF',
  'DO',
  'NFCF',
  'FI',
  'RL',
  'RLSE',
  'UAEX',
]);

/** Whether a request ended before it came to whom it was for. Of one that was tried again only the last try is told. */
export function isTurnedBack(tags: Tags): boolean {
  const flags = tagOf(tags, 'response_flags').split(',', RESPONSE_FLAGS_MAX);
  return !flags.includes('URX') && flags.some((flag) => BEFORE_THE_PEER.has(flag.trim()));
}

/** Envoy has some thirty flags. */
const RESPONSE_FLAGS_MAX = 64;
