import type { DaemonAddress } from './daemon-config.ts';

/**
 * In a daemon's answers: the UDP port, of the same process, that takes many documents in a datagram. AWS's daemon would take them for
 * one broken document, so that only who says so gets them.
 */
export const JSONL_PORT_HEADER = 'x-fluoroscope-jsonl-port';
/** Three reports of sampling: another daemon may have taken its place. */
const BELIEVED_MS = 30_000;

let receiver: DaemonAddress | undefined;
let untilMs = 0;

/** @param port what the answer's header says; undefined when it says nothing, or none came */
export function noteDaemonAnswer(address: DaemonAddress, port: unknown, nowMs: number = Date.now()): void {
  const isSame = address.udp.host === address.tcp.host && port === String(address.udp.port);
  receiver = isSame ? address : undefined;
  untilMs = nowMs + BELIEVED_MS;
}

/** A datagram found nobody: whoever listens there next is to be asked. */
export function forgetDaemonAnswer(): void {
  receiver = undefined;
}

/** Whether documents may share a datagram to this address, which is the object that was asked. */
export function takesManyDocuments(address: DaemonAddress, nowMs: number = Date.now()): boolean {
  return receiver === address && nowMs < untilMs;
}
