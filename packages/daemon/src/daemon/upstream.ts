import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodePutTraceSegments,
  decodeUnprocessed,
  encodePutTraceSegments,
  errorCodeOf,
  type UnprocessedSegment,
} from '@fluoroscope/pipeline/xray';
import type { Batch } from './batcher.ts';
import type { UpstreamEvents } from './events.ts';
import type { HttpAnswer } from './http-client.ts';
import {
  ATTEMPT_PAUSE_MS,
  ATTEMPTS_MAX,
  AWAY_PAUSE_MS_MAX,
  AWAY_PAUSE_MS_MIN,
  UNPROCESSED_ATTEMPTS_MAX,
} from './limits.ts';
import type { Spool } from '../spool/spool.ts';

/** One endpoint: what waits for it, what is on its way, what is on disk for it. */
export interface Upstream {
  /** Never throws. `release` is called once, when memory does not hold the batch any more. */
  offer(batch: Batch, release: () => void): void;
  /** Nothing waits or is on its way; a spool may still hold some. */
  readonly isIdle: boolean;
  /** It did not take the last that it was sent. */
  readonly isAway: boolean;
  /** What waits or is on its way goes to the spool, or is counted as lost. */
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  /** A PutTraceSegments call. Rejects when there is no answer. */
  readonly put: (body: Uint8Array, signal: AbortSignal) => Promise<HttpAnswer>;
  readonly concurrency: number;
  /** Waiting beyond that goes to the spool, or the oldest is lost. */
  readonly waitingBytesMax: number;
  readonly spool: Spool | null;
  readonly events: UpstreamEvents;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Resolves after so long, or when aborted. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Held extends Batch {
  readonly release: () => void;
}

/** `settled`: the endpoint has spoken about each segment. */
type Outcome = 'settled' | 'away';

/** Mended by waiting, or by somebody: throttling, credentials, a clock, a fault. */
function isAway(status: number, code: string | null): boolean {
  if (status === 400) return MENDED_CODES.test(code ?? '');
  return status >= 500 || status === 429 || status === 401 || status === 403 || status === 404 || status === 408;
}

/** Of AWS's errors with status 400. */
const MENDED_CODES =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|RequestExpired|RequestTimeout|ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|AccessDenied)/;

/** Codes of single segments that may be taken another time. */
const MAY_BE_TAKEN_LATER = /^(Throttl|Internal|ServiceUnavailable|RequestTimeout)/i;

export function createUpstream(options: UpstreamOptions): Upstream {
  return new EndpointUpstream(options);
}

class EndpointUpstream implements Upstream {
  readonly #options: UpstreamOptions;
  readonly #random: () => number;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #abort = new AbortController();
  #waiting: Held[] = [];
  #waitingBytes = 0;
  #sending = 0;
  /** Being written to the spool. */
  readonly #spooling = new Set<Promise<void>>();
  #isAway = false;
  #recovery: Promise<void> | null = null;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#wait = options.pause ?? sleepUntilAborted;
    if (options.spool?.isEmpty === false) this.#recover();
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#sending === 0 && this.#spooling.size === 0;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  offer({ segments, body }: Batch, release: () => void): void {
    this.#waiting.push({ segments, body, release });
    this.#waitingBytes += body.byteLength;
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#isAway = true;
    await this.#recovery;
    for (let next = this.#take(); next !== null; next = this.#take()) this.#putAway(next);
    while (this.#sending > 0 || this.#spooling.size > 0) await sleep(1);
  }

  get #isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  #pump(): void {
    const { concurrency, waitingBytesMax, spool } = this.#options;
    while (!this.#isAway && this.#sending < concurrency) {
      const next = this.#take();
      if (next === null) break;
      void this.#send(next);
    }
    const keptBytes = this.#isAway && spool !== null ? 0 : waitingBytesMax;
    while (this.#waitingBytes > keptBytes) {
      const oldest = this.#take();
      if (oldest === null) break;
      this.#putAway(oldest);
    }
  }

  #take(): Held | null {
    const next = this.#waiting.shift() ?? null;
    this.#waitingBytes -= next?.body.byteLength ?? 0;
    return next;
  }

  async #send(batch: Held): Promise<void> {
    this.#sending += 1;
    const outcome = await this.#deliver(batch, ATTEMPTS_MAX);
    this.#sending -= 1;
    if (outcome === 'settled') batch.release();
    else if (this.#options.spool !== null || this.#isStopped) this.#putAway(batch);
    else {
      this.#waiting.unshift(batch);
      this.#waitingBytes += batch.body.byteLength;
    }
    if (outcome === 'away') this.#leave();
    this.#pump();
  }

  /** To disk; without one, lost. */
  #putAway(batch: Held): void {
    const { spool, events } = this.#options;
    if (spool === null) {
      events.segmentsSpilled(batch.segments);
      batch.release();
      return;
    }
    const writing = spool
      .append(batch)
      .then(
        () => {},
        (error: unknown) => events.spoolFailed(batch.segments, error),
      )
      .finally(() => {
        batch.release();
        this.#spooling.delete(writing);
        if (!this.#isStopped) this.#recover();
      });
    this.#spooling.add(writing);
  }

  #leave(): void {
    if (!this.#isAway) this.#options.events.endpointAway();
    this.#isAway = true;
    if (!this.#isStopped) this.#recover();
  }

  #recover(): void {
    this.#recovery ??= this.#sendKept().finally(() => {
      this.#recovery = null;
      // Some may have come between the last look and here.
      if (this.#options.spool?.isEmpty === false && !this.#isStopped) this.#recover();
    });
  }

  /** While the endpoint is away, and while the spool has some: the oldest first, one at a time. */
  async #sendKept(): Promise<void> {
    let pauseMs = AWAY_PAUSE_MS_MIN;
    while (!this.#isStopped) {
      if (this.#isAway) await this.#pause(pauseMs * (0.5 + this.#random() / 2));
      const outcome = this.#isStopped ? 'none' : await this.#sendOldest();
      if (outcome === 'away') {
        this.#leave();
        pauseMs = Math.min(pauseMs * 2, AWAY_PAUSE_MS_MAX);
        continue;
      }
      pauseMs = AWAY_PAUSE_MS_MIN;
      if (this.#isAway && !this.#isStopped) {
        this.#isAway = false;
        this.#options.events.endpointBack();
        this.#pump();
      }
      if (outcome === 'none') return;
    }
  }

  async #sendOldest(): Promise<Outcome | 'none'> {
    const { spool, events } = this.#options;
    const kept = await spool?.peek().catch((error: unknown) => {
      events.spoolFailed(0, error);
      return null;
    });
    if (spool !== null && kept) {
      const outcome = await this.#deliver(kept, 1);
      if (outcome === 'settled') await spool.done(kept.sequence);
      return outcome;
    }
    const waiting = this.#isAway ? this.#take() : null;
    if (waiting === null) return 'none';
    const outcome = await this.#deliver(waiting, 1);
    if (outcome === 'settled') {
      waiting.release();
      return outcome;
    }
    this.#waiting.unshift(waiting);
    this.#waitingBytes += waiting.body.byteLength;
    return outcome;
  }

  async #deliver(batch: Batch, attempts: number): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#put(batch, 1);
      if (outcome === 'settled' || attempt >= attempts || this.#isStopped) return outcome;
      await this.#pause(ATTEMPT_PAUSE_MS * this.#random());
    }
  }

  async #put({ body, segments }: Batch, round: number): Promise<Outcome> {
    const { put, events } = this.#options;
    const startedMs = performance.now();
    let answer: HttpAnswer;
    try {
      answer = await put(body, this.#abort.signal);
    } catch (error) {
      if (!this.#isStopped) events.callFailed(error);
      return 'away';
    }
    const { status } = answer;
    if (status >= 200 && status < 300) {
      const decoded = decodeUnprocessed(answer.body.toString());
      const unprocessed = decoded.ok ? decoded.value : [];
      events.batchSent(segments, (performance.now() - startedMs) / 1_000, unprocessed.length);
      if (unprocessed.length > 0) await this.#look(unprocessed, body, round);
      return 'settled';
    }
    const code = errorCodeOf(answer.headers['x-amzn-errortype'] ?? null, answer.body.toString());
    events.callRefused(status, code);
    if (isAway(status, code)) return 'away';
    events.segmentsRefused(segments, status);
    return 'settled';
  }

  /** What was not taken is told; what may be taken another time is sent once more. */
  async #look(unprocessed: readonly UnprocessedSegment[], body: Buffer, round: number): Promise<void> {
    const sent = decodePutTraceSegments(body.toString());
    const byId = new Map((sent.ok ? sent.value : []).map((document) => [textIn(document, 'id'), document]));
    const traceIdOf = (id: string | null): string | null => textIn(byId.get(id) ?? '', 'trace_id');
    this.#options.events.segmentsUnprocessed(unprocessed.map((one) => ({ ...one, traceId: traceIdOf(one.id) })));
    const later = new Set(
      unprocessed.flatMap(({ id, code }) => (id !== null && MAY_BE_TAKEN_LATER.test(code) ? [id] : [])),
    );
    if (later.size === 0) return;
    const documents = sent.ok ? sent.value.filter((document) => later.has(textIn(document, 'id') ?? '')) : [];
    if (documents.length === 0) return;
    const again = { segments: documents.length, body: Buffer.from(encodePutTraceSegments(documents)) };
    if (round >= UNPROCESSED_ATTEMPTS_MAX || this.#isStopped) {
      this.#putAway({ ...again, release: () => {} });
      return;
    }
    await this.#pause(ATTEMPT_PAUSE_MS * round * this.#random());
    if ((await this.#put(again, round + 1)) === 'away') this.#putAway({ ...again, release: () => {} });
  }

  #pause(ms: number): Promise<void> {
    return this.#wait(ms, this.#abort.signal);
  }
}

async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function textIn(document: string, key: string): string | null {
  try {
    const value: unknown = JSON.parse(document);
    const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}
