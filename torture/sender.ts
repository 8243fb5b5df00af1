import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient, type Answer } from './client.ts';
import type { Book } from './ledger.ts';
import type { Server } from './server.ts';

const HEADER = '{"format":"json","version":1}\n';
const TICK_MS = 5;

export interface LoadOptions {
  readonly server: Pick<Server, 'http' | 'udp'>;
  readonly http: Book;
  /** Datagrams are never acknowledged: a ledger of their own. */
  readonly udp: Book;
  /** Documents a second; infinite: as fast as answers come. */
  readonly httpPerSecond: number;
  readonly udpPerSecond: number;
  readonly documentsACall: number;
  readonly callsAtOnce: number;
  /** What was refused is sent again after so long; left out, it is given up after the pause that was asked for. */
  readonly retryMs?: number;
}

export interface Load {
  /** Answers by status; 0: none came. */
  readonly answers: ReadonlyMap<number, number>;
  /** What no client should ever see. */
  readonly complaints: readonly string[];
  /** Documents in calls that were tried, each time they were. */
  readonly offeredCount: () => number;
  /** Took longest, of the calls that were answered with success. */
  readonly slowestMs: () => number;
  readonly datagramCount: () => number;
  /** Resolves when every sender has ended. */
  readonly stop: () => Promise<void>;
}

/** Senders over both channels until they are stopped. A connection that breaks is what a killed server looks like. */
export function startLoad(options: LoadOptions): Load {
  const { server, http, httpPerSecond, documentsACall, callsAtOnce } = options;
  const client = openClient(server.http, callsAtOnce);
  const answers = new Map<number, number>();
  const complaints: string[] = [];
  const startedMs = performance.now();
  const over = new AbortController();
  let begunCalls = 0;
  let slowestMs = 0;
  let offeredCount = 0;

  async function runLane(): Promise<void> {
    let call: Call | null = null;
    while (!over.signal.aborted) {
      const dueMs = startedMs + (begunCalls++ * documentsACall * 1_000) / httpPerSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      if (over.signal.aborted) return;
      call ??= makeCall(http, documentsACall);
      const pauseMs = await sendCall(call);
      if (pauseMs === 0 || options.retryMs === undefined) call = null;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  /** 0 when it was taken; otherwise how long to wait. */
  async function sendCall({ numbers, body }: Call): Promise<number> {
    offeredCount += numbers.length;
    const sentMs = performance.now();
    let answer: Answer;
    try {
      answer = await client.send('POST', '/TraceSegments', body);
    } catch {
      count(0);
      return TICK_MS;
    }
    count(answer.status);
    if (answer.status === 200) {
      slowestMs = Math.max(slowestMs, performance.now() - sentMs);
      if (answer.text !== '{"UnprocessedTraceSegments":[]}')
        complaints.push(`not all taken: ${answer.text.slice(0, 300)}`);
      else http.settle(numbers, 'acknowledged');
      return 0;
    }
    http.settle(numbers, 'refused');
    return pauseAfter(answer, options.retryMs, complaints);
  }

  function count(status: number): void {
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }

  const lanes = Array.from({ length: httpPerSecond > 0 ? callsAtOnce : 0 }, runLane);
  const datagrams = startDatagrams(options, over.signal);
  return {
    answers,
    complaints,
    offeredCount: () => offeredCount,
    slowestMs: () => slowestMs,
    datagramCount: datagrams.count,
    async stop() {
      over.abort();
      await Promise.all([...lanes, datagrams.ended]);
      client.close();
    },
  };
}

interface Call {
  readonly numbers: readonly number[];
  readonly body: string;
}

function makeCall(book: Book, documents: number): Call {
  const made = Array.from({ length: documents }, () => book.make());
  const body = JSON.stringify({ TraceSegmentDocuments: made.map(({ text }) => text) });
  return { numbers: made.map(({ number }) => number), body };
}

/** Only 429 and 503 are refusals that a sender can live with, and both say when to come back. */
function pauseAfter({ status, headers, text }: Answer, retryMs: number | undefined, complaints: string[]): number {
  const retryAfter = Number(headers['retry-after']);
  if (status !== 429 && status !== 503) complaints.push(`${status} ${text.slice(0, 300)}`);
  else if (!(retryAfter > 0)) complaints.push(`${status} without retry-after`);
  return retryMs ?? Math.max(retryAfter || 0, 0.05) * 1_000;
}

function startDatagrams(
  { server, udp, udpPerSecond }: LoadOptions,
  over: AbortSignal,
): { readonly count: () => number; readonly ended: Promise<void> } {
  let sentCount = 0;

  async function run(): Promise<void> {
    if (udpPerSecond === 0) return;
    const socket = createSocket('udp4');
    // A port that has gone is told to the next send.
    socket.on('error', () => undefined);
    const [host, port] = server.udp.split(':');
    const startedMs = performance.now();
    while (!over.aborted) {
      const due = Math.floor(((performance.now() - startedMs) / 1_000) * udpPerSecond);
      const sends: Promise<void>[] = [];
      for (; sentCount + sends.length < due;) {
        const bytes = HEADER + udp.make().text;
        sends.push(new Promise((resolve) => socket.send(bytes, Number(port), host, () => resolve())));
      }
      await Promise.all(sends);
      sentCount += sends.length;
      await sleep(TICK_MS);
    }
    socket.close();
  }

  return { count: () => sentCount, ended: run() };
}
