import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openSpool, type Spool } from '../spool/spool.ts';
import { createUpstream } from './upstream.ts';

// RELIABILITY R11: an endpoint away for half an hour at 2,000 segments a second. The clock is simulated, the spool's files are not.

/** Ten times the daemon's own, and so a tenth of the calls. */
const SEGMENTS_A_BATCH = 500;
const BATCHES_A_SECOND = 2_000 / SEGMENTS_A_BATCH;
const AWAY_SECONDS = 30 * 60;
const CONCURRENCY = 8;
const MIB = 1_048_576;
/** So many in which the disk has nothing to do: whoever waited for it has gone on. */
const QUIET_TURNS = 20;

test.each([
  ['within the cap: nothing is lost', 2_000, 64 * MIB],
  ['beyond the cap: the oldest are dropped, and counted', 8_000, 16 * MIB],
])('%s', async (_name, bodyBytes, spoolBytes) => {
  const clock = createClock();
  const seen = { spilled: 0, failed: 0, sent: [] as number[] };
  const dir = mkdtempSync(join(tmpdir(), 'fluoroscope-outage-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const dropped = (segments: number): void => void (seen.spilled += segments);
  const disk = createDisk(await openSpool({ dir, bytesMax: spoolBytes, dropped, damaged: () => {} }));
  const { spool } = disk;
  onTestFinished(() => spool[Symbol.asyncDispose]());
  const upstream = createUpstream({
    put: async (body) => {
      if (clock.seconds() < AWAY_SECONDS) throw new Error('ECONNREFUSED');
      seen.sent.push(Buffer.from(body).readUInt32LE(0));
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    },
    concurrency: CONCURRENCY,
    waitingBytesMax: MIB,
    spool,
    random: () => 0.5,
    pause: clock.pause,
    events: { ...NO_EVENTS, segmentsSpilled: dropped, spoolFailed: () => void (seen.failed += 1) },
  });

  let held = 0;
  let batches = 0;
  async function liveSecond(arriving: number): Promise<void> {
    for (let count = 0; count < arriving; count += 1) {
      const body = Buffer.alloc(bodyBytes);
      body.writeUInt32LE(batches, 0);
      batches += 1;
      held += 1;
      upstream.offer({ segments: SEGMENTS_A_BATCH, body }, () => void (held -= 1));
    }
    // What the disk has to do is done within the second; what waits for the clock is not.
    for (let quiet = 0; quiet < QUIET_TURNS && !upstream.isIdle; quiet = disk.isBusy() ? 0 : quiet + 1) await turn();
    clock.pass(1);
  }

  while (clock.seconds() < AWAY_SECONDS) await liveSecond(BATCHES_A_SECOND);
  expect(seen.sent).toEqual([]);
  // Back within the longest pause, and others arrive while what was kept is sent.
  for (let second = 0; second < 31; second += 1) await liveSecond(BATCHES_A_SECOND);
  while (!spool.isEmpty) await turn();

  expect([seen.failed, held]).toEqual([0, 0]);
  expect(new Set(seen.sent).size * SEGMENTS_A_BATCH + seen.spilled).toBe(batches * SEGMENTS_A_BATCH);
  const spilledBatches = seen.spilled / SEGMENTS_A_BATCH;
  if (AWAY_SECONDS * BATCHES_A_SECOND * bodyBytes < spoolBytes) expect(spilledBatches).toBe(0);
  else expect(spilledBatches).toBeGreaterThan(batches / 3);
  // The youngest stay, in their order; what was on its way when the endpoint left was tried once more before it was kept.
  const kept = seen.sent.filter((number) => number < AWAY_SECONDS * BATCHES_A_SECOND);
  expect(Math.min(...kept.slice(0, 2 * CONCURRENCY))).toBe(spilledBatches);
  const inOrder = kept.filter((number) => number >= 2 * CONCURRENCY);
  expect(inOrder.every((number, at) => at === 0 || number > (inOrder[at - 1] ?? 0))).toBe(true);
});

/** The same spool, of which is known whether it has something to do. */
function createDisk(spool: Spool): { readonly spool: Spool; readonly isBusy: () => boolean } {
  let underWay = 0;
  async function during<Answer>(work: Promise<Answer>): Promise<Answer> {
    underWay += 1;
    try {
      return await work;
    } finally {
      underWay -= 1;
    }
  }
  return {
    isBusy: () => underWay > 0,
    spool: {
      append: (batch) => during(spool.append(batch)),
      peek: () => during(spool.peek()),
      after: (sequence) => during(spool.after(sequence)),
      done: (sequence) => during(spool.done(sequence)),
      get isEmpty() {
        return spool.isEmpty;
      },
      recoveredSequence: spool.recoveredSequence,
      [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose](),
    },
  };
}

interface Clock {
  readonly seconds: () => number;
  readonly pass: (seconds: number) => void;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

function createClock(): Clock {
  let nowMs = 0;
  const waiting = new Set<{ readonly atMs: number; readonly resolve: () => void }>();
  return {
    seconds: () => nowMs / 1_000,
    pass(seconds) {
      nowMs += seconds * 1_000;
      for (const one of waiting) {
        if (one.atMs > nowMs) continue;
        waiting.delete(one);
        one.resolve();
      }
    },
    pause: (ms) => new Promise((resolve) => void waiting.add({ atMs: nowMs + ms, resolve })),
  };
}

const NO_EVENTS = {
  batchSent: () => {},
  callFailed: () => {},
  callRefused: () => {},
  segmentsRefused: () => {},
  segmentsUnprocessed: () => {},
  segmentsSpilled: () => {},
  spoolFailed: () => {},
  spoolDamaged: () => {},
  endpointAway: () => {},
  endpointBack: () => {},
};
