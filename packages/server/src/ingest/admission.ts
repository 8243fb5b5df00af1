import { createStorePace, type JournalWay } from './store-pace.ts';

/**
 * Whether calls that bring documents are let in (ADR-019). All are, until what comes has outrun a store at work for a
 * while; then the share that it keeps up with, drawn call by call, before any of it is read.
 */
export interface Admission {
  /** Null: let in. Otherwise after how many seconds the sender may come again. Each question is one call or datagram. */
  readonly ask: () => number | null;
  /** How long the oldest document has waited for the store, as far as is known; NaN when nobody knows. */
  readonly waitedSeconds: () => number;
}

export interface AdmissionOptions {
  readonly read: () => JournalWay;
  /** What waits shall not wait much longer than so; 0 lets all in. */
  readonly waitMs: number;
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Where the journal is others' too, it is not ours to say what it has room for. */
export const OPEN_ADMISSION: Admission = { ask: () => null, waitedSeconds: () => Number.NaN };

/** How fast the share follows a backlog that grows or shrinks: by so much for each second's worth of storing. */
const GROWTH_GAIN = 0.25;

/** And one that is too long: as if it grew by a fifth of a second each second. So 80 % of what is stored is let in at least. */
const LENGTH_GAIN_PER_SECOND = 0.05;

/** Where the share's logarithm begins, above 0: batches make the backlog go up and down by a second's worth without meaning anything. */
const SLACK = 0.3;

/** More than a hundred times what can be stored is not told from a hundred times. */
const SHARE_MIN = 0.01;

/** Of the wait. A store that went away is so known to stand still before anything has waited too long; one batch may take that time. */
const STILL_SHARE = 0.75;

/** As many seconds as it takes calls for one to be let in: retries are then about as many as can be taken. */
const RETRY_SECONDS_MAX = 30;

/** A gap between calls counts for at most so much. */
const STEP_SECONDS_MAX = 1;

export function createAdmission({ read, waitMs, nowMs, random }: AdmissionOptions): Admission {
  const pace = createStorePace({ read, stillMsMax: waitMs * STILL_SHARE });
  let isHolding = false;
  /** A load twice as large then takes the same time to be followed wherever it begins. */
  let logShare = SLACK;
  let lastMs = 0;
  let lastCount = 0;

  function shouldHold(expectedMs: number): boolean {
    const leastMs = isHolding ? waitMs / 2 : waitMs;
    return expectedMs > leastMs && pace.ageMs > leastMs;
  }

  function adjust(atMs: number, expectedMs: number): void {
    const seconds = Math.min((atMs - lastMs) / 1_000, STEP_SECONDS_MAX);
    const grownSeconds = (pace.waitingCount - lastCount) / pace.storedPerMs / 1_000;
    const excess = Math.max(-1, Math.min(1, expectedMs / waitMs - 1));
    logShare -= GROWTH_GAIN * grownSeconds + LENGTH_GAIN_PER_SECOND * excess * seconds;
    logShare = Math.max(Math.log(SHARE_MIN), Math.min(SLACK, logShare));
  }

  function look(): void {
    const atMs = nowMs();
    if (!pace.sample(atMs)) return;
    const expectedMs = pace.storedPerMs === 0 ? 0 : pace.waitingCount / pace.storedPerMs;
    const wasHolding = isHolding;
    isHolding = shouldHold(expectedMs);
    if (!isHolding) logShare = SLACK;
    else if (wasHolding) adjust(atMs, expectedMs);
    lastMs = atMs;
    lastCount = pace.waitingCount;
  }

  return {
    ask() {
      if (waitMs === 0) return null;
      look();
      const share = Math.exp(logShare);
      if (share >= 1 || random() < share) return null;
      return Math.min(RETRY_SECONDS_MAX, Math.ceil(1 / share));
    },
    waitedSeconds() {
      look();
      return pace.ageMs / 1_000;
    },
  };
}
