import type { EventEmitter } from 'node:events';
import { decodeDatagram, type DatagramProblem } from './decode.ts';

export interface XrayUdpOptions {
  /** A bound `dgram.Socket`; in tests, any emitter of `message`. It stays the caller's. */
  readonly socket: EventEmitter;
  /** Takes a document's text, not parsed yet. */
  readonly onDocument: (text: string) => void;
  /** Each datagram causes `datagramReceived`, and one of `onDocument` and `datagramRefused`. */
  readonly events: XrayUdpEvents;
}

export interface XrayUdpEvents {
  readonly datagramReceived: (sizeBytes: number) => void;
  readonly datagramRefused: (problem: DatagramProblem) => void;
  /** `onDocument` or another event threw: the datagram is lost, receiving goes on. */
  readonly deliveryFailed: (error: unknown) => void;
  /** The socket reported an error; it may still receive. */
  readonly socketFailed: (error: unknown) => void;
}

/** Receives until disposed. Never throws: UDP has nobody to tell, so trouble goes to `events`. */
export function receiveXrayUdp({ socket, onDocument, events }: XrayUdpOptions): Disposable {
  function onMessage(datagram: Uint8Array): void {
    try {
      events.datagramReceived(datagram.byteLength);
      const decoded = decodeDatagram(datagram);
      if (decoded.ok) onDocument(decoded.value);
      else events.datagramRefused(decoded.problem);
    } catch (error) {
      events.deliveryFailed(error);
    }
  }
  const onError = (error: unknown): void => events.socketFailed(error);

  socket.on('message', onMessage);
  socket.on('error', onError);
  return {
    [Symbol.dispose]: () => {
      socket.off('message', onMessage);
      socket.off('error', onError);
    },
  };
}
