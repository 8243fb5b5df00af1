import { EventEmitter } from 'node:events';
import { openXrayUdpListener, receiveXrayUdp, watchKernelDrops } from '@fluoroscope/pipeline';
import type { Events } from './events.ts';
import type { Ingest } from './ingest.ts';
import { printListen, type ListenAddress } from './settings/kinds.ts';

export interface UdpOptions {
  readonly at: ListenAddress;
  /** Asked of the kernel. */
  readonly bufferBytes: number;
  readonly ingest: Pick<Ingest, 'offer'>;
  /** Whether datagrams from this address are taken; those that are not are counted as refused. */
  readonly takesFrom: (address: string) => boolean;
  readonly events: Events;
}

export interface UdpIntake extends AsyncDisposable {
  readonly address: string;
  /** Set when the kernel gave a smaller buffer than asked for. */
  readonly notice: string | null;
}

/** Takes segment datagrams from now on, as AWS's daemon does. */
export async function listenUdp({ at, bufferBytes, ingest, takesFrom, events }: UdpOptions): Promise<UdpIntake> {
  const listener = await openXrayUdpListener({ ...at, receiveBufferBytes: bufferBytes });
  const receiving = receiveXrayUdp({
    socket: admittedOnly(listener.socket, takesFrom, events),
    onDocument: (text) => void ingest.offer(text),
    events,
  });

  const drops = watchKernelDrops({
    address: listener.address,
    dropped: (count) => events.datagramsLostInKernel(count),
  });

  return {
    address: printListen(listener.address),
    notice: noticeOf(bufferBytes, listener.receiveBufferBytes),
    async [Symbol.asyncDispose]() {
      await drops[Symbol.asyncDispose]();
      receiving[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

/** Lets through the messages of whom datagrams are taken from. */
function admittedOnly(
  socket: EventEmitter,
  takesFrom: UdpOptions['takesFrom'],
  events: Pick<Events, 'datagramReceived' | 'datagramRefused'>,
): EventEmitter {
  const admitted = new EventEmitter();
  socket.on('message', (datagram: Uint8Array, from: { readonly address: string }) => {
    if (takesFrom(from.address)) {
      admitted.emit('message', datagram);
      return;
    }
    events.datagramReceived(datagram.byteLength);
    events.datagramRefused({ code: 'not-allowed', message: `${from.address} is not of --ingest-allow` });
  });
  // With nobody listening any more, an error would be thrown.
  socket.on('error', (error) => admitted.listenerCount('error') > 0 && admitted.emit('error', error));
  return admitted;
}

function noticeOf(asked: number, given: number): string | null {
  // Linux reports twice what it granted, for its own overhead.
  const granted = process.platform === 'linux' ? given / 2 : given;
  if (granted >= asked) return null;
  const kib = (bytes: number): string => `${Math.floor(bytes / 1024)} KiB`;
  return `the kernel gave the UDP socket a buffer of ${kib(granted)}, not ${kib(asked)}: bursts may be dropped (and counted); on Linux raise net.core.rmem_max`;
}
