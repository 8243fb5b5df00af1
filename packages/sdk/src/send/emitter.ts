import type { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { encodeSegment, encodeSubsegment } from '../document/encode.ts';
import { getLogger } from '../logger.ts';
import { getDaemonAddress } from './daemon-config.ts';
import { HttpSender } from './http-sender.ts';
import { UdpSocket, type Loss } from './udp-socket.ts';

/** datagram = header LF document */
const HEADER = '{"format":"json","version":1}\n';

/** The largest payload of UDP over IPv4, which also fits the 64 kB that a daemon reads and X-Ray takes of a document. */
export const DATAGRAM_BYTES_MAX = 65_507;

/** Losses of one kind are told once, and again only after this long, with their count. */
const REPORT_EVERY_MS = 60_000;

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
  refused: 0,
  'too-large': 0,
  'not-encoded': 0,
};
const reported = new Map<LossReason, { untilMs: number; atCount: number }>();
/** AWS Lambda halts a process as soon as it has answered. */
const inLambda = process.env['LAMBDA_TASK_ROOT'] !== undefined;
const socket = new UdpSocket(getDaemonAddress, lose, inLambda);
const http = new HttpSender(lose);

/** Sends a segment, or a subsegment on its own. Never throws, never waits; what is lost is counted. */
export function sendEntity(entity: Sendable): void {
  try {
    sendDocument('trace_id' in entity ? encodeSegment(entity) : encodeSubsegment(entity));
  } catch (error) {
    lose('not-encoded', 1, `${entity.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Sends a document, in pieces when it is too large: its subsegments as documents of their own, and what is too large alone without its
 * metadata. Never waits; what is lost is counted. @throws SyntaxError when it is too large and no JSON
 */
export function sendDocument(text: string): void {
  if (!offer(text)) sendInPieces(JSON.parse(text));
}

export function getSendCounts(): SendCounts {
  return { documents, bytes, withoutMetadata, lost: { ...lost } };
}

/** For tests and for an orderly end; the next document opens the socket again. */
export function closeSocket(): void {
  socket.close();
}

function sendInPieces(document: Record<string, unknown>): void {
  const { subsegments, metadata, ...bare } = document;
  const told = `${String(bare['name'])} (${String(bare['id'])})`;
  if (!offer(JSON.stringify({ ...bare, metadata }))) {
    const small = JSON.stringify(bare);
    if (metadata !== undefined && offer(small)) {
      withoutMetadata += 1;
      getLogger().error(
        `${told} is sent without its metadata, which makes it larger than ${DATAGRAM_BYTES_MAX} bytes.`,
      );
    } else lose('too-large', 1, `${told}: ${small.length} characters`);
  }
  const { trace_id, id: parent_id } = bare;
  for (const child of Array.isArray(subsegments) ? subsegments : []) {
    sendDocument(JSON.stringify({ type: 'subsegment', trace_id, parent_id, ...child }));
  }
}

/** False when it is too large. */
function offer(text: string): boolean {
  const { byHttp } = getDaemonAddress();
  const shared = byHttp ? 0 : socket.sendShared(text);
  if (shared > 0) {
    documents += 1;
    bytes += shared;
    return true;
  }
  const message = byHttp ? undefined : Buffer.from(HEADER + text);
  const length = message?.length ?? Buffer.byteLength(text);
  if (length > DATAGRAM_BYTES_MAX) return false;
  documents += 1;
  bytes += length;
  if (message === undefined) http.send(text, length);
  else socket.send(message);
  return true;
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
