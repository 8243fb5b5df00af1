import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Which way bytes go. */
export type Toward = 'server' | 'client';

/** What a network does to connections, to all of them at a time. */
export type NetworkFault =
  /** Each piece comes so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Pieces of so many bytes, a moment apart. */
  | { readonly kind: 'slice'; readonly bytes: number }
  /** The connection ends (`cut`) or is reset once so many bytes have gone this way. A cut loses none of these; a reset may. */
  | { readonly kind: 'cut' | 'reset'; readonly toward: Toward; readonly afterBytes: number }
  /** Nothing goes this way; what came meanwhile goes on when the fault is over, as TCP does. */
  | { readonly kind: 'silence'; readonly toward: Toward }
  /** Connections are reset at once, those that were open too. */
  | { readonly kind: 'away' };

/** A TCP proxy on loopback that is as bad as it is told to be. */
export interface FaultProxy extends AsyncDisposable {
  /** host:port */
  readonly address: string;
  /** For connections that are open and for those to come; null: none. */
  readonly set: (fault: NetworkFault | null) => void;
  /** Connections that a fault has ended so far. */
  readonly brokenCount: () => number;
}

/** So that a sliced MiB takes no minute. */
const SLICES_MAX = 50;

/** `target`: host:port. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const link = new Link(target);
  const server = createServer({ allowHalfOpen: true }, (client) => link.take(client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the proxy has no port');
  return {
    address: `127.0.0.1:${at.port}`,
    set: (fault) => link.set(fault),
    brokenCount: () => link.brokenCount,
    async [Symbol.asyncDispose]() {
      server.close();
      link.set({ kind: 'away' });
      await once(server, 'close');
    },
  };
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

class Link {
  readonly #host: string;
  readonly #port: number;
  readonly #pairs = new Set<Pair>();
  brokenCount = 0;
  fault: NetworkFault | null = null;
  /** Counts the faults. */
  turn = 0;
  /** What silence keeps. */
  #kept: (() => void)[] = [];

  constructor(target: string) {
    const colon = target.lastIndexOf(':');
    this.#host = target.slice(0, colon);
    this.#port = Number(target.slice(colon + 1));
  }

  set(fault: NetworkFault | null): void {
    this.fault = fault;
    this.turn += 1;
    for (const goOn of this.#kept.splice(0)) goOn();
    if (fault?.kind === 'away') for (const pair of this.#pairs) this.#break(pair, 'reset');
  }

  take(client: Socket): void {
    if (this.fault?.kind === 'away') {
      this.brokenCount += 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: this.#host, port: this.#port, allowHalfOpen: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    const end = (): void => [client, server].forEach((socket) => void socket.destroy());
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', end);
    const ways = [pipeline(client, this.#way(pair, 'server')), pipeline(server, this.#way(pair, 'client'))];
    void Promise.allSettled(ways).then(() => {
      end();
      this.#pairs.delete(pair);
    });
    // One that breaks takes the other with it.
    for (const way of ways) way.catch(end);
  }

  #way(pair: Pair, toward: Toward): Writable {
    const far = pair[toward];
    let turn = -1;
    let passed = 0;
    const carry = async (piece: Buffer): Promise<void> => {
      const { fault, turn: now } = this;
      if (turn !== now) [turn, passed] = [now, 0];
      if (fault?.kind === 'silence' && fault.toward === toward) {
        await new Promise<void>((resolve) => void this.#kept.push(resolve));
        return carry(piece);
      }
      if (fault?.kind === 'latency') await sleep(fault.ms);
      if (fault?.kind === 'slice') return sendSlices(far, piece, fault.bytes);
      const ends = (fault?.kind === 'cut' || fault?.kind === 'reset') && fault.toward === toward;
      const left = ends ? Math.max(fault.afterBytes - passed, 0) : piece.byteLength;
      passed += piece.byteLength;
      if (left > 0) await send(far, piece.subarray(0, left));
      if (ends && left < piece.byteLength) this.#break(pair, fault.kind);
    };
    return new Writable({
      write(piece: Buffer, _encoding, done) {
        carry(piece).then(() => done(), done);
      },
      final: (done) => void far.end(done),
    });
  }

  #break({ client, server }: Pair, how: 'cut' | 'reset'): void {
    this.brokenCount += 1;
    for (const socket of [client, server]) {
      if (how === 'cut') socket.destroySoon();
      else socket.resetAndDestroy();
    }
  }
}

async function sendSlices(socket: Socket, piece: Buffer, bytes: number): Promise<void> {
  const size = Math.max(bytes, Math.ceil(piece.byteLength / SLICES_MAX));
  for (let at = 0; at < piece.byteLength; at += size) {
    await send(socket, piece.subarray(at, at + size));
    await sleep(1);
  }
}

/** Until the system has it. */
function send(socket: Socket, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
