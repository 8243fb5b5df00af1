import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

/** Records of one call. */
const CALL = 100;
/** What the store takes, in calls a second. */
const PACE = 100;
const TICK_MS = 10;
/** The store's batches: so long do they take, however many records are in them. */
const BATCH_MS = 400;
const WAIT_SECONDS = 10;

/** Of the load and of the store's pace in a time, as multiples of `PACE`; the store is away where it is 0. */
interface Phase {
  readonly seconds: number;
  readonly load: number;
  readonly pace?: number;
  /** The store says that it is away. */
  readonly isFailing?: boolean;
}

/** One second of it. */
interface Second {
  /** In calls. */
  readonly offered: number;
  readonly refused: number;
  readonly stored: number;
  /** What waits, in seconds of storing. */
  readonly waiting: number;
}

const NORMAL: Phase = { seconds: 60, load: 0.9 };

test.each<[string, readonly Phase[]]>([
  ['a normal load', [{ seconds: 600, load: 0.95 }]],
  ['a little, for a long time, and then a normal load', [{ seconds: 300, load: 0.01 }, NORMAL]],
  ['a stall of some seconds, as of a merge', [NORMAL, { seconds: 6, load: 0.7, pace: 0 }, { ...NORMAL, load: 0.7 }]],
  ['a slow spell', [NORMAL, { seconds: 15, load: 0.7, pace: 0.4 }, { ...NORMAL, load: 0.7 }]],
  ['a burst worth half a minute', [NORMAL, { seconds: 2, load: 15 }, { seconds: 120, load: 0.5 }]],
  [
    'a burst after idleness',
    [
      { seconds: 60, load: 0 },
      { seconds: 5, load: 6 },
      { seconds: 120, load: 0 },
    ],
  ],
  [
    'bursts that come and go',
    Array.from({ length: 10 }, () => [
      { seconds: 3, load: 8 },
      { seconds: 60, load: 0.3 },
    ]).flat(),
  ],
  [
    'twice the load, for less than it takes to be sure',
    [
      { seconds: 15, load: 2 },
      { seconds: 60, load: 0.5 },
    ],
  ],
  ['a store that is away', [NORMAL, { seconds: 600, load: 2, pace: 0, isFailing: true }]],
  ['a store that is away and does not say so', [NORMAL, { seconds: 600, load: 2, pace: 0 }]],
  [
    'a store that catches up after it was away',
    [NORMAL, { seconds: 120, load: 0.7, pace: 0, isFailing: true }, { seconds: 900, load: 0.7 }],
  ],
])('nothing is refused: %s', (_what, phases) => {
  expect(refusedOf(run(phases))).toBe(0);
});

test.each([
  [1.1, 1],
  [1.5, 1],
  [2, 1],
  [4, 0.98],
  [10, 0.97],
])('%d times what can be stored: the rest is refused evenly, and the store is never idle', (load, goodput) => {
  const seconds = run([{ seconds: 600, load }]);
  expect(sum(seconds, 'stored') / (600 * PACE)).toBeGreaterThanOrEqual(goodput - 0.01);
  const settled = seconds.slice(300);
  for (const { offered, refused, waiting } of settled) {
    expect(waiting).toBeGreaterThan(WAIT_SECONDS / 2);
    expect(waiting).toBeLessThan(load < 3 ? 2.5 * WAIT_SECONDS : 10 * WAIT_SECONDS);
    // No second in which nothing gets in, none in which everything does.
    expect((offered - refused) / PACE).toBeGreaterThan(0.4);
    expect((offered - refused) / PACE).toBeLessThan(1.6);
  }
});

test('once the load is gone everything is let in again, before the backlog is', () => {
  const seconds = run([
    { seconds: 120, load: 3 },
    { seconds: 60, load: 0.5 },
  ]);
  const after = seconds.slice(120);
  const lastRefused = after.findLastIndex(({ refused }) => refused > 0);
  expect(lastRefused).toBeLessThan(20);
  expect(after[lastRefused + 1]?.waiting).toBeGreaterThan(0);
});

test('a load that comes and goes is taken as far as the store would have been busy', () => {
  const phases = Array.from({ length: 20 }, () => [
    { seconds: 20, load: 3 },
    { seconds: 20, load: 0.2 },
  ]).flat();
  const seconds = run(phases);
  expect(sum(seconds, 'stored') / (seconds.length * PACE)).toBeGreaterThan(0.95);
});

test('what can be stored changes under an overload: the share follows', () => {
  const seconds = run([
    { seconds: 120, load: 2 },
    { seconds: 180, load: 2, pace: 0.5 },
    { seconds: 180, load: 2 },
  ]);
  expect(sum(seconds.slice(120, 300), 'stored') / (180 * PACE)).toBeGreaterThan(0.48);
  expect(sum(seconds.slice(300), 'stored') / (180 * PACE)).toBeGreaterThan(0.97);
  expect(seconds.at(-1)?.waiting).toBeLessThan(2.5 * WAIT_SECONDS);
});

test('who is refused is told a time that grows with the crowd', () => {
  expect(hintsOf(run([{ seconds: 300, load: 2 }]))).toEqual([2, 3]);
  expect(Math.max(...hintsOf(run([{ seconds: 300, load: 200 }])))).toBe(30);
});

test('with a wait of 0 nothing is ever refused', () => {
  expect(refusedOf(run([{ seconds: 600, load: 4 }], 0))).toBe(0);
});

test('a load that pauses and comes back does not make the time in between count as work', () => {
  const seconds = run([{ seconds: 60, load: 0.9 }, { seconds: 600, load: 0 }, { seconds: 3, load: 5 }, NORMAL]);
  expect(refusedOf(seconds)).toBe(0);
});

interface Run extends Array<Second> {
  hints?: readonly number[];
}

/** Calls that come evenly, a store that takes batches, and time that passes between them. */
function run(phases: readonly Phase[], waitSeconds = WAIT_SECONDS): Run {
  let nowMs = 1_000;
  let committedSequence = 0;
  let storedSequence = 0;
  let isFailing = false;
  const admission = createAdmission({
    read: () => ({ committedSequence, storedSequence, isFailing }),
    waitMs: waitSeconds * 1_000,
    nowMs: () => nowMs,
    random: createRandom(7),
  });
  const seconds: Run = [];
  const hints = new Set<number>();
  let second = { offered: 0, refused: 0, stored: 0 };
  let due = 0;
  /** Of the batch that is being written, in records; it ends `BATCH_MS` after it began. */
  let storable = 0;

  function offer(): void {
    second.offered += 1;
    const retrySeconds = admission.ask();
    if (retrySeconds === null) {
      committedSequence += CALL;
      return;
    }
    second.refused += 1;
    hints.add(retrySeconds);
  }

  function store(pace: number): void {
    storable += (pace * PACE * CALL * TICK_MS) / 1_000;
    if (nowMs % BATCH_MS !== 0) return;
    const taken = Math.min(storable, committedSequence - storedSequence);
    storedSequence += taken;
    second.stored += taken / CALL;
    storable = 0;
  }

  for (const phase of phases) {
    isFailing = phase.isFailing ?? false;
    for (let ms = 0; ms < phase.seconds * 1_000; ms += TICK_MS) {
      nowMs += TICK_MS;
      for (due += (phase.load * PACE * TICK_MS) / 1_000; due >= 1; due -= 1) offer();
      store(phase.pace ?? 1);
      if (nowMs % 1_000 !== 0) continue;
      seconds.push({ ...second, waiting: (committedSequence - storedSequence) / (PACE * CALL) });
      second = { offered: 0, refused: 0, stored: 0 };
    }
  }
  seconds.hints = [...hints].sort((a, b) => a - b);
  return seconds;
}

function refusedOf(seconds: Run): number {
  return sum(seconds, 'refused');
}

function hintsOf({ hints = [] }: Run): readonly number[] {
  return hints;
}

function sum(seconds: readonly Second[], figure: keyof Second): number {
  return seconds.reduce((total, second) => total + second[figure], 0);
}

/** Park and Miller's, from 0 up to 1: the same at each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
