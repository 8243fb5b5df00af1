import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { PipelineError, type PipelineErrorCode } from '../../pipeline-error.ts';

export interface XrayUdpListenOptions {
  /** A name or an address, IPv4 or IPv6; a name listens on the first address it resolves to. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Wanted size of the kernel's queue; default `RECEIVE_BUFFER_BYTES`. The kernel may give less. */
  readonly receiveBufferBytes?: number;
}

/** An open UDP socket. Attach `receiveXrayUdp` in the same turn: until then datagrams have no listener. */
export interface XrayUdpListener extends AsyncDisposable {
  readonly socket: Socket;
  /** The address bound, with the port that was free. */
  readonly address: UdpAddress;
  /** What the kernel says the queue's size is; Linux reports twice what it granted, for its own overhead. */
  readonly receiveBufferBytes: number;
}

export interface UdpAddress {
  readonly family: 4 | 6;
  readonly host: string;
  readonly port: number;
}

/** Holds a burst of some thousand segments while the process is busy: what does not fit, the kernel drops. */
export const RECEIVE_BUFFER_BYTES: number = 4 * 1024 * 1024;

const PORT_MAX = 65_535;

/** Rejects with a `PipelineError` that names the address. */
export async function openXrayUdpListener(options: XrayUdpListenOptions): Promise<XrayUdpListener> {
  const { host, port, receiveBufferBytes = RECEIVE_BUFFER_BYTES } = options;
  // Node binds port 70,000 as port 4,464.
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw new PipelineError('address-unknown', `UDP ${host} port ${port}: ports are 0 to ${PORT_MAX}`);
  }
  const { address, family } = await resolveHost(host);
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4' });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw listenError(error, host, port);
  }
  askForBuffer(socket, receiveBufferBytes);
  const bound = socket.address();
  return {
    socket,
    address: { family, host: bound.address, port: bound.port },
    receiveBufferBytes: socket.getRecvBufferSize(),
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => {
        socket.close(() => resolve());
      });
    },
  };
}

/** Some kernels refuse what they cannot give in full; the queue then keeps the size it has. */
function askForBuffer(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
  } catch {
    // `receiveBufferBytes` of the listener tells what there is.
  }
}

async function resolveHost(host: string): Promise<{ readonly address: string; readonly family: 4 | 6 }> {
  // Brackets as in URLs.
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  try {
    const { address, family } = await lookup(bare);
    return { address, family: family === 6 ? 6 : 4 };
  } catch (error) {
    throw new PipelineError('address-unknown', `UDP: no address for host ${host}`, { cause: error });
  }
}

const CODES: ReadonlyMap<string, PipelineErrorCode> = new Map([
  ['EADDRINUSE', 'address-in-use'],
  ['EACCES', 'address-not-allowed'],
  ['EADDRNOTAVAIL', 'address-unknown'],
]);

function listenError(error: unknown, host: string, port: number): PipelineError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const code = CODES.get(errno) ?? 'listen-failed';
  return new PipelineError(code, `UDP ${host} port ${port}: ${errno}`, { cause: error });
}
