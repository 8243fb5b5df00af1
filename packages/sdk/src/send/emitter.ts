import type { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { encodeSegment, encodeSubsegment, type Omissions } from '../document/encode.ts';
import { getLogger } from '../logger.ts';
import { getDaemonAddress } from './daemon-config.ts';
import { UdpSocket, type Loss } from './udp-socket.ts';

/** datagram = header LF document */
const HEADER = '{"format":"json","version":1}\n';

/** The largest payload of UDP over IPv4, which also fits the 64 kB that a daemon reads. */
export const DATAGRAM_BYTES_MAX = 65_507;

/** Losses of one kind are told once, and again only after this long, with their count. */
const REPORT_EVERY_MS = 60_000;

/** Of a document that is too large. */
const TOLD_CHARS = 80;

/** Since the process began. Segments and subsegments sent on their own count as documents. */
export interface SendCounts {
  readonly documents: number;
  readonly bytes: number;
  /** Documents that did not leave, by reason. */
  readonly lost: Readonly<Record<LossReason, number>>;
  /** Documents that left without their metadata, which made them too large. */
  readonly withoutMetadata: number;
}

type LossReason = Loss | 'too-large' | 'not-encoded';
type Sendable = Segment | Subsegment;

let documents = 0;
let bytes = 0;
let withoutMetadata = 0;
const lost: Record<LossReason, number> = {
  'queue-full': 0,
  'not-sent': 0,
  'no-socket': 0,
  'too-large': 0,
  'not-encoded': 0,
};
const reported = new Map<LossReason, { untilMs: number; atCount: number }>();
/** AWS Lambda halts a process as soon as it has answered. */
const inLambda = process.env['LAMBDA_TASK_ROOT'] !== undefined;
const socket = new UdpSocket(() => getDaemonAddress().udp, lose, inLambda);

/** Sends a segment, or a subsegment on its own. Never throws, never waits; what is lost is counted. */
export function sendEntity(entity: Sendable): void {
  try {
    sendWhole(entity);
  } catch (error) {
    lose('not-encoded', 1, `${entity.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Sends a document that another instrumentation made, as it is. Never throws, never waits; what is lost is counted. */
export function sendDocument(text: string): void {
  const message = Buffer.from(HEADER + text);
  if (message.length <= DATAGRAM_BYTES_MAX) push(message);
  else lose('too-large', 1, `${message.length} bytes: ${text.slice(0, TOLD_CHARS)}…`);
}

export function getSendCounts(): SendCounts {
  return { documents, bytes, withoutMetadata, lost: { ...lost } };
}

/** For tests and for an orderly end; the next document opens the socket again. */
export function closeSocket(): void {
  socket.close();
}

function sendWhole(entity: Sendable): void {
  const message = datagramOf(entity, {});
  if (message.length <= DATAGRAM_BYTES_MAX) {
    push(message);
    return;
  }
  const own = datagramOf(entity, { subsegments: true });
  if (own.length <= DATAGRAM_BYTES_MAX) push(own);
  else {
    const bare = datagramOf(entity, { subsegments: true, metadata: true });
    if (bare.length <= DATAGRAM_BYTES_MAX && entity.metadata !== undefined) {
      withoutMetadata += 1;
      getLogger().error(
        `${entity.name} (${entity.id}) is sent without its metadata: ${own.length} bytes are too many.`,
      );
      push(bare);
    } else lose('too-large', 1, `${entity.name} (${entity.id}): ${bare.length} bytes`);
  }
  for (const child of entity.subsegments ?? []) if (child.notTraced !== true) sendWhole(child);
}

function datagramOf(entity: Sendable, omit: Omissions): Buffer {
  return Buffer.from(HEADER + ('trace_id' in entity ? encodeSegment(entity, omit) : encodeSubsegment(entity, omit)));
}

function push(message: Buffer): void {
  documents += 1;
  bytes += message.length;
  socket.send(message);
}

function lose(reason: LossReason, count: number, why: string): void {
  lost[reason] += count;
  const nowMs = Date.now();
  const last = reported.get(reason);
  if (last !== undefined && nowMs < last.untilMs) return;
  const since = lost[reason] - (last?.atCount ?? 0);
  reported.set(reason, { untilMs: nowMs + REPORT_EVERY_MS, atCount: lost[reason] });
  getLogger().error(`${since} X-Ray document(s) lost (${reason}): ${why}`);
}
