import type { SamplingRule, SamplingTargetDocument } from '@fluoroscope/api';
import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createSamplingBook, type SamplingBook } from './sampling-book.ts';

// Whole fleets of clients that follow the SDKs' algorithm (XRAY-SPEC §8.2) by a clock of our own, for hours.

const START = 1_727_000_000;
const HOUR = 3_600;

/** Requests a second of each client at a time; none while it does not run. */
type Load = (seconds: number) => number;

const steady =
  (rate: number): Load =>
  () =>
    rate;
const daily =
  (rate: number): Load =>
  (seconds) =>
    Math.round(rate * (1 + Math.sin(seconds / 600)));
const between =
  (from: number, to: number, rate: number): Load =>
  (seconds) =>
    seconds >= from && seconds < to ? rate : 0;

test.each<[string, { rate: number; reservoir: number; hours: number; loads: readonly Load[] }]>([
  ['one busy client', { rate: 0.05, reservoir: 1, hours: 2, loads: [steady(40)] }],
  ['equals', { rate: 0.05, reservoir: 10, hours: 2, loads: [steady(20), steady(20), steady(20), steady(20)] }],
  ['a rate alone', { rate: 0.1, reservoir: 0, hours: 2, loads: [steady(30), daily(10)] }],
  ['a reservoir alone', { rate: 0, reservoir: 20, hours: 2, loads: [steady(50), steady(30), steady(20)] }],
  ['one large, many small', { rate: 0.02, reservoir: 6, hours: 2, loads: [steady(90), ...many(8, steady(4))] }],
  ['load that changes', { rate: 0.05, reservoir: 8, hours: 3, loads: [daily(30), daily(5), steady(10)] }],
  [
    'clients that come and go',
    { rate: 0.05, reservoir: 10, hours: 2, loads: [steady(30), between(1_000, 4_000, 60), between(3_000, 7_200, 20)] },
  ],
  ['everything sampled', { rate: 1, reservoir: 5, hours: 1, loads: [steady(10), steady(3)] }],
])('%s: what is sampled comes within 10 % of the rule', (_name, { rate, reservoir, hours, loads }) => {
  const book = bookOf({ FixedRate: rate, ReservoirSize: reservoir });
  const clients = loads.map((_load, at) => client(book, `client-${String(at).padStart(17, '0')}`, at));
  let sampled = 0;
  let expected = 0;
  for (let second = 0; second < hours * HOUR; second += 1) {
    let requests = 0;
    for (const [at, load] of loads.entries()) {
      const count = load(second);
      requests += count;
      sampled += clients[at]?.second(second, count) ?? 0;
    }
    // The rule: so many a second for all together, and its rate of the rest.
    const first = Math.min(requests, reservoir);
    expected += first + (requests - first) * rate;
  }
  expect(sampled / expected).toBeGreaterThan(0.9);
  expect(sampled / expected).toBeLessThan(1.1);
});

test('the same fleet gives the same answers again', () => {
  const run = () => {
    const book = bookOf({ FixedRate: 0.05, ReservoirSize: 7 });
    const clients = [0, 1, 2].map((at) => client(book, `client-${at}`, at));
    const counts = [];
    for (let second = 0; second < 300; second += 1) counts.push(clients.map((one) => one.second(second, 10)));
    return counts;
  };
  expect(run()).toEqual(run());
});

/** Decides on each request, and reports every ten seconds, each client at its own second. */
function client(book: SamplingBook, ClientID: string, seed: number) {
  const random = pseudoRandom(seed + 1);
  let target: SamplingTargetDocument | undefined;
  let [requests, sampled, borrowed] = [0, 0, 0];

  function decide(seconds: number, used: { quota: number; borrowed: boolean }): boolean {
    requests += 1;
    const quota =
      target !== undefined && START + seconds < (target.ReservoirQuotaTTL ?? 0) ? target.ReservoirQuota : null;
    if (typeof quota === 'number' && used.quota < quota) {
      used.quota += 1;
      sampled += 1;
      return true;
    }
    const { SamplingRule: rule } = book.rules()[0] ?? {};
    if (quota === null && !used.borrowed && (rule?.ReservoirSize ?? 0) > 0) {
      used.borrowed = true;
      borrowed += 1;
      return true;
    }
    const isSampled = random() < (target?.FixedRate ?? rule?.FixedRate ?? 0);
    if (isSampled) sampled += 1;
    return isSampled;
  }

  function report(seconds: number): void {
    const counts = { RequestCount: requests, SampledCount: sampled, BorrowCount: borrowed };
    const documents = [{ RuleName: 'rule', ClientID, Timestamp: START + seconds, ...counts }];
    [target] = book.report({ documents }, timeUs((START + seconds) * 1e6)).targets;
    [requests, sampled, borrowed] = [0, 0, 0];
  }

  return {
    /** How many of so many requests in this second are sampled. */
    second(seconds: number, count: number): number {
      const used = { quota: 0, borrowed: false };
      let total = 0;
      for (let request = 0; request < count; request += 1) if (decide(seconds, used)) total += 1;
      // As the SDKs: a rule that was not used is not reported.
      if (seconds % 10 === seed % 10 && requests > 0) report(seconds);
      return total;
    },
  };
}

function bookOf(members: Pick<SamplingRule, 'FixedRate' | 'ReservoirSize'>): SamplingBook {
  const any = { ResourceARN: '*', ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' };
  const SamplingRule: SamplingRule = { RuleName: 'rule', Priority: 1, Version: 1, ...any, ...members };
  return createSamplingBook({ records: [{ SamplingRule }], lastModified: START });
}

function many(count: number, load: Load): readonly Load[] {
  return Array.from({ length: count }, () => load);
}

/** xorshift32: the same numbers on every machine. */
function pseudoRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
