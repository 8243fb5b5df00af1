import { createSocket, type Socket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
// Not the global one: tests of applications put their own clock there.
import { clearTimeout, setTimeout } from 'node:timers';
import type { Endpoint } from './daemon-config.ts';

/** Bytes that wait for a socket to open, or in the kernel's stead. More are dropped and counted: memory is the application's. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Documents wait this long for others, so that they leave together: a system call right after another takes half the time of one alone. */
const BATCH_MS = 5;
/** They leave earlier when they are this much. */
const BATCH_BYTES = 64 * 1024;
/** After a socket could not be opened (a name that does not resolve, no more descriptors). */
const REOPEN_AFTER_MS = 1_000;
/** A host name may come to mean another address. */
const RESOLVE_AGAIN_AFTER_MS = 60_000;

export type Loss = 'queue-full' | 'not-sent' | 'no-socket' | 'refused';

export type ReportLoss = (loss: Loss, count: number, why: string) => void;

/**
 * Sends datagrams to where `endpoint` says. The socket is opened by the first and keeps no process alive; it is connected, so that
 * no name is looked up for each datagram. Documents leave in batches, and at the process's end.
 */
export class UdpSocket {
  readonly #endpoint: () => Endpoint;
  readonly #lost: ReportLoss;
  readonly #atOnce: boolean;
  readonly #onSent: (error: Error | null) => void;
  readonly #flush: () => void;
  #socket: Socket | undefined;
  #connected = false;
  #to: Endpoint | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #batchEnd: NodeJS.Timeout | undefined;
  #reopenAtMs = 0;
  #resolveAtMs = Number.POSITIVE_INFINITY;

  /** @param atOnce for a process that may be halted at any time */
  constructor(endpoint: () => Endpoint, lost: ReportLoss, atOnce: boolean) {
    this.#endpoint = endpoint;
    this.#lost = lost;
    this.#atOnce = atOnce;
    this.#onSent = (error) => {
      if (error !== null) lost('not-sent', 1, error.message);
    };
    this.#flush = () => this.#sendWaiting();
  }

  /** Never throws, never waits. */
  send(message: Buffer): void {
    const moved = this.#to !== this.#endpoint();
    if (this.#socket !== undefined && (moved || (this.#connected && this.#isToResolve()))) this.#closeSocket();
    if (this.#socket === undefined && !moved && Date.now() < this.#reopenAtMs) {
      this.#lost('no-socket', 1, 'no socket to the daemon');
    } else if (this.#waitingBytes + message.length > WAITING_BYTES_MAX) {
      this.#lost('queue-full', 1, 'the socket is not open yet');
    } else {
      this.#waiting.push(message);
      this.#waitingBytes += message.length;
      if (this.#socket === undefined) this.#open();
      else if (this.#connected) this.#sendSoon();
    }
  }

  close(): void {
    this.#closeSocket();
    this.#discard('closed');
  }

  #open(): void {
    const to = this.#endpoint();
    this.#to = to;
    const named = isIP(to.host) === 0;
    this.#resolveAtMs = named ? Date.now() + RESOLVE_AGAIN_AFTER_MS : Number.POSITIVE_INFINITY;
    try {
      const opening = createSocket(isIPv6(to.host) ? 'udp6' : 'udp4');
      this.#socket = opening;
      opening.unref();
      opening.on('error', (error) => {
        if (opening !== this.#socket) return;
        // Nobody listens there (a connected socket is told so): the next may arrive all the same.
        if (this.#connected) this.#lost('not-sent', 1, error.message);
        else this.#fail(error);
      });
      // Node's types leave out that the callback is given what went wrong.
      opening.connect(to.port, to.host, (...[problem]: readonly unknown[]) => {
        if (opening !== this.#socket) return;
        if (problem instanceof Error) this.#fail(problem);
        else {
          this.#connected = true;
          this.#sendWaiting();
        }
      });
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #isToResolve(): boolean {
    return this.#resolveAtMs !== Number.POSITIVE_INFINITY && Date.now() > this.#resolveAtMs;
  }

  #sendSoon(): void {
    if (this.#atOnce || this.#waitingBytes >= BATCH_BYTES) this.#sendWaiting();
    else if (this.#batchEnd === undefined) {
      this.#batchEnd = setTimeout(this.#flush, BATCH_MS).unref();
      process.on('exit', this.#flush);
    }
  }

  #sendWaiting(): void {
    if (this.#batchEnd !== undefined) {
      clearTimeout(this.#batchEnd);
      this.#batchEnd = undefined;
      process.off('exit', this.#flush);
    }
    const socket = this.#socket;
    if (socket === undefined || !this.#connected) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const message of batch) this.#write(socket, message);
  }

  #write(socket: Socket, message: Buffer): void {
    try {
      if (socket.getSendQueueSize() + message.length <= WAITING_BYTES_MAX) socket.send(message, this.#onSent);
      else this.#lost('queue-full', 1, 'the socket takes no more');
    } catch (error) {
      this.#lost('not-sent', 1, error instanceof Error ? error.message : String(error));
    }
  }

  #fail(error: Error): void {
    this.#closeSocket();
    this.#reopenAtMs = Date.now() + REOPEN_AFTER_MS;
    this.#discard(error.message);
  }

  #discard(why: string): void {
    const count = this.#waiting.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (count > 0) this.#lost('no-socket', count, why);
  }

  /** What waits for a batch's end leaves before. */
  #closeSocket(): void {
    this.#sendWaiting();
    const closing = this.#socket;
    this.#socket = undefined;
    this.#connected = false;
    if (closing === undefined) return;
    closing.removeAllListeners();
    closing.on('error', () => {});
    try {
      closing.close();
    } catch {
      // It was closed by its error.
    }
  }
}
