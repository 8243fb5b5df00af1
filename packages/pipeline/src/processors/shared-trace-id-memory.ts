import { parseTraceId, type TraceId } from '@fluoroscope/model';
import type { TraceIdMemory, TraceIdMemoryOptions } from './trace-id-memory.ts';

/** What several collectors share: the first value that was given to a key, until its end. */
export interface SharedMap {
  /** The key's value, `proposed` when it had none; its end is `ttlMs` from now. Rejects when the others cannot be asked. */
  readonly agree: (key: string, proposed: string, ttlMs: number) => Promise<string>;
}

export interface SharedTraceIdMemoryOptions extends TraceIdMemoryOptions {
  readonly map: SharedMap;
  /** Of one question; then the answer is this process's own. */
  readonly timeoutMs: number;
  /** A trace got an id that the others were not asked about. */
  readonly unshared: (why: string) => void;
}

/** After a question without an answer nobody is asked for this long: who waits for each document waits for ever. */
const AWAY_MS = 1_000;

interface Known {
  readonly id: TraceId;
  /** Until then it holds without asking. */
  readonly askAtMs: number;
  /** After its last use. */
  readonly endMs: number;
}

/**
 * Asks the others once for each trace and half its time, and decides for itself while they are away. Collectors that lost sight of
 * each other may have given a trace different ids; from their next question on they agree again. Least recently used first out.
 */
export function createSharedTraceIdMemory(options: SharedTraceIdMemoryOptions): TraceIdMemory {
  const { map, ttlMs, tracesMax, timeoutMs, evicted, unshared, nowMs = () => performance.now() } = options;
  const known = new Map<TraceId, Known>();
  /** Documents of one trace that come together ask once. */
  const asking = new Map<TraceId, Promise<TraceId>>();
  let awayUntilMs = Number.NEGATIVE_INFINITY;

  function keep(original: TraceId, id: TraceId, askAtMs: number): TraceId {
    known.delete(original);
    known.set(original, { id, askAtMs, endMs: nowMs() + ttlMs });
    const [oldest] = known;
    if (known.size > tracesMax && oldest !== undefined) {
      known.delete(oldest[0]);
      if (oldest[1].endMs > nowMs()) evicted();
    }
    return id;
  }

  async function ask(original: TraceId, mine: TraceId): Promise<TraceId> {
    try {
      if (nowMs() < awayUntilMs) throw new Error('the others are away');
      const answer = parseTraceId(await within(map.agree(original, mine, ttlMs), timeoutMs));
      if (!answer.ok) throw new Error('the shared value is no trace id');
      return keep(original, answer.value, nowMs() + ttlMs / 2);
    } catch (error) {
      if (nowMs() >= awayUntilMs) awayUntilMs = nowMs() + AWAY_MS;
      unshared(error instanceof Error ? error.message : String(error));
      return keep(original, mine, awayUntilMs);
    }
  }

  return {
    remember(original, proposed) {
      const found = known.get(original);
      const before = found !== undefined && nowMs() < found.endMs ? found : undefined;
      if (before !== undefined && nowMs() < before.askAtMs) return keep(original, before.id, before.askAtMs);
      const pending = asking.get(original);
      if (pending !== undefined) return pending;
      const question = ask(original, before?.id ?? proposed).finally(() => asking.delete(original));
      asking.set(original, question);
      return question;
    },
  };
}

async function within<T>(question: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([question, late]);
  } finally {
    clearTimeout(timer);
  }
}
