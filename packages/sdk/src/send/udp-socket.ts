import { createSocket, type Socket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
// Not the global one: tests of applications put their own clock there.
import { clearTimeout, setTimeout } from 'node:timers';
import type { DaemonAddress, Endpoint } from './daemon-config.ts';
import { DatagramWriter } from './datagram-writer.ts';
import { forgetDaemonAnswer, takesManyDocuments } from './jsonl-receiver.ts';

/** Bytes that wait for a socket to open, or in the kernel's stead. More are dropped and counted: memory is the application's. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Documents wait this long for others, so that they leave together: a system call right after another takes half the time of one alone. */
const BATCH_MS = 5;
/** Those that share a datagram: each wakes its receiver. */
const SHARED_BATCH_MS = 20;
/** They leave earlier when they are this much. */
const BATCH_BYTES = 64 * 1024;
/** Datagrams with many documents, on this machine: one system call for all. */
const LOCAL_DATAGRAM_BYTES_MAX = 60_000;
/** Elsewhere they go in one packet of Ethernet's usual 1,500 bytes: of a datagram in pieces, one that is lost loses all. */
const REMOTE_DATAGRAM_BYTES_MAX = 1_400;
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
  readonly #address: () => DaemonAddress;
  readonly #lost: ReportLoss;
  readonly #atOnce: boolean;
  readonly #onSent: (error: Error | null) => void;
  readonly #flush: () => void;
  #socket: Socket | undefined;
  #connected = false;
  #to: Endpoint | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Documents that share a datagram; only while the socket is connected. */
  #writer: DatagramWriter | undefined;
  /** Documents in the datagram that left last. */
  #lastDocuments = 1;
  #batchEnd: NodeJS.Timeout | undefined;
  #reopenAtMs = 0;
  #resolveAtMs = Number.POSITIVE_INFINITY;

  /** @param atOnce for a process that may be halted at any time */
  constructor(address: () => DaemonAddress, lost: ReportLoss, atOnce: boolean) {
    this.#address = address;
    this.#lost = lost;
    this.#atOnce = atOnce;
    this.#onSent = (error) => {
      if (error !== null) lost('not-sent', 1, error.message);
    };
    this.#flush = () => this.#sendWaiting();
  }

  /**
   * A document that may share a datagram with others, because the receiver said that it takes them. The bytes that it took; 0 when it
   * must have a datagram of its own. Never throws, never waits.
   */
  sendShared(text: string): number {
    const address = this.#address();
    if (!this.#connected || this.#atOnce || this.#to !== address.udp || this.#isToResolve()) return 0;
    // Documents that began a datagram leave as it was begun.
    if ((this.#writer?.count ?? 0) === 0 && !takesManyDocuments(address)) return 0;
    const writer = (this.#writer ??= new DatagramWriter(datagramBytesMax(address.udp)));
    if (text.length > writer.bytesMax || text.includes('\n')) return 0;
    let bytes = writer.add(text);
    if (bytes === 0) {
      this.#sendWaiting();
      bytes = takesManyDocuments(address) ? writer.add(text) : 0;
    }
    if (bytes > 0) this.#sendSoon(SHARED_BATCH_MS);
    return bytes;
  }

  /** A datagram. Never throws, never waits. */
  send(message: Buffer): void {
    const moved = this.#to !== this.#address().udp;
    if (this.#socket !== undefined && (moved || (this.#connected && this.#isToResolve()))) this.#closeSocket();
    if (this.#socket === undefined && !moved && Date.now() < this.#reopenAtMs) {
      this.#lost('no-socket', 1, 'no socket to the daemon');
    } else if (this.#waitingBytes + message.length > WAITING_BYTES_MAX) {
      this.#lost('queue-full', 1, 'the socket is not open yet');
    } else {
      // What came before leaves before.
      if (this.#writer !== undefined && this.#writer.count > 0) this.#sendWaiting();
      this.#waiting.push(message);
      this.#waitingBytes += message.length;
      if (this.#socket === undefined) this.#open();
      else if (this.#connected) this.#sendSoon(BATCH_MS);
    }
  }

  close(): void {
    this.#closeSocket();
    this.#discard('closed');
  }

  #open(): void {
    const to = this.#address().udp;
    this.#to = to;
    this.#writer = undefined;
    const named = isIP(to.host) === 0;
    this.#resolveAtMs = named ? Date.now() + RESOLVE_AGAIN_AFTER_MS : Number.POSITIVE_INFINITY;
    try {
      const opening = createSocket(isIPv6(to.host) ? 'udp6' : 'udp4');
      this.#socket = opening;
      opening.unref();
      opening.on('error', (error) => {
        if (opening !== this.#socket) return;
        // Nobody listens there (a connected socket is told so): the next may arrive all the same.
        forgetDaemonAnswer();
        if (this.#connected) this.#lost('not-sent', this.#lastDocuments, error.message);
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

  #sendSoon(batchMs: number): void {
    if (this.#atOnce || this.#waitingBytes >= BATCH_BYTES) this.#sendWaiting();
    else if (this.#batchEnd === undefined) {
      this.#batchEnd = setTimeout(this.#flush, batchMs).unref();
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
    for (const message of batch) this.#write(socket, message, 1, this.#onSent);
    const writer = this.#writer;
    const count = writer?.count ?? 0;
    if (writer === undefined || count === 0) return;
    const datagram = writer.take();
    this.#write(socket, datagram, count, (error) => {
      writer.giveBack(datagram);
      if (error === null) return;
      forgetDaemonAnswer();
      this.#lost('not-sent', count, error.message);
    });
  }

  #write(socket: Socket, message: Buffer, documents: number, onSent: (error: Error | null) => void): void {
    this.#lastDocuments = documents;
    try {
      if (socket.getSendQueueSize() + message.length <= WAITING_BYTES_MAX) socket.send(message, onSent);
      else this.#lost('queue-full', documents, 'the socket takes no more');
    } catch (error) {
      this.#lost('not-sent', documents, error instanceof Error ? error.message : String(error));
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

/** What addresses of this machine begin with, and its usual name. */
const LOCAL = /^(?:127\.|::1$|localhost$)/;

function datagramBytesMax({ host }: Endpoint): number {
  return LOCAL.test(host) ? LOCAL_DATAGRAM_BYTES_MAX : REMOTE_DATAGRAM_BYTES_MAX;
}
