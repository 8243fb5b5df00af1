import type { EventEmitter } from 'node:events';
import { decodeDatagram, type DatagramProblem, type DecodedDocument } from './decode.ts';

export interface XrayUdpOptions {
  /** A bound `dgram.Socket`; in tests, any emitter of `message`. It stays the caller's. */
  readonly socket: EventEmitter;
  /** Takes a document's text, not parsed yet. */
  readonly onDocument: (text: string) => void;
  /** Each datagram causes `datagramReceived`, each of its documents one of `onDocument` and `datagramRefused`. */
  readonly events: XrayUdpEvents;
}

export interface XrayUdpEvents {
  /** @param documents those that are refused included; 1 when it is no datagram of ours */
  readonly datagramReceived: (sizeBytes: number, documents: number) => void;
  readonly datagramRefused: (problem: DatagramProblem) => void;
  /** `onDocument` or another event threw: the document is lost, receiving goes on. */
  readonly deliveryFailed: (error: unknown) => void;
  /** The socket reported an error; it may still receive. */
  readonly socketFailed: (error: unknown) => void;
}

/** Receives until disposed. Never throws: UDP has nobody to tell, so trouble goes to `events`. */
export function receiveXrayUdp({ socket, onDocument, events }: XrayUdpOptions): Disposable {
  function onMessage(datagram: Uint8Array): void {
    try {
      const decoded = decodeDatagram(datagram);
      events.datagramReceived(datagram.byteLength, decoded.length);
      for (const document of decoded) hand(document);
    } catch (error) {
      events.deliveryFailed(error);
    }
  }
  function hand(document: DecodedDocument): void {
    try {
      if (document.ok) onDocument(document.value);
      else events.datagramRefused(document.problem);
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
