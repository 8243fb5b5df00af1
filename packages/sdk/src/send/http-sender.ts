// Not the global one: tests of applications put their own clock there.
import { clearTimeout, setTimeout } from 'node:timers';
import { isRecord } from '../objects.ts';
import { postToDaemon } from '../sampling/daemon-client.ts';
import type { ReportLoss } from './udp-socket.ts';

/** Bytes that wait for a call or are in one. More are dropped and counted: memory is the application's. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Documents wait this long for others. */
const BATCH_MS = 100;
/** They leave earlier when they are this much. */
const BATCH_BYTES = 512 * 1024;

/**
 * Sends documents by PutTraceSegments, many at once and one call after the other. What a call does not bring over is lost: the
 * application's memory is no place to wait for a server.
 */
export class HttpSender {
  readonly #lost: ReportLoss;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #callingBytes = 0;
  #batchEnd: NodeJS.Timeout | undefined;
  #watchesEnd = false;

  constructor(lost: ReportLoss) {
    this.#lost = lost;
  }

  /** Never throws, never waits. */
  send(text: string, bytes: number): void {
    if (this.#callingBytes + this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      this.#lost('queue-full', 1, 'the server takes no more');
      return;
    }
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    if (!this.#watchesEnd) {
      this.#watchesEnd = true;
      process.on('beforeExit', () => this.#callSoon(0));
    }
    this.#callSoon(this.#waitingBytes >= BATCH_BYTES ? 0 : BATCH_MS);
  }

  #callSoon(delayMs: number): void {
    if (this.#callingBytes > 0 || this.#waiting.length === 0) return;
    if (delayMs > 0) this.#batchEnd ??= setTimeout(() => void this.#call(), delayMs).unref();
    else void this.#call();
  }

  async #call(): Promise<void> {
    clearTimeout(this.#batchEnd);
    this.#batchEnd = undefined;
    const batch = this.#waiting;
    this.#callingBytes = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      this.#countRefused(await postToDaemon('/TraceSegments', { TraceSegmentDocuments: batch }));
    } catch (error) {
      this.#lost('not-sent', batch.length, error instanceof Error ? error.message : String(error));
    }
    this.#callingBytes = 0;
    this.#callSoon(this.#waitingBytes >= BATCH_BYTES ? 0 : BATCH_MS);
  }

  #countRefused(answer: unknown): void {
    const refused = isRecord(answer) ? answer['UnprocessedTraceSegments'] : undefined;
    if (Array.isArray(refused) && refused.length > 0) this.#lost('refused', refused.length, JSON.stringify(refused[0]));
  }
}
