import type { SamplingStatisticsDocument } from '@fluoroscope/api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultRule } from './default-rule.ts';
import { RULE_CLIENT_COUNT_MAX } from './limits.ts';
import { createSamplingBook, type SamplingAnswer, type SamplingBook } from './sampling-book.ts';
import { shareReservoir } from './share-reservoir.ts';

const START = 1_727_000_000;
const SEED = 20_261_121;

test('the Default rule has every member that SDKs look for', () => {
  expect(book({ reservoirSize: 1 }).rules()).toEqual([
    {
      SamplingRule: {
        RuleName: 'Default',
        RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/Default',
        ResourceARN: '*',
        Priority: 10_000,
        FixedRate: 0.05,
        ReservoirSize: 1,
        ServiceName: '*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: '*',
        URLPath: '*',
        Version: 1,
        Attributes: {},
      },
      CreatedAt: 0,
      ModifiedAt: START,
    },
  ]);
});

test('a client alone gets the whole reservoir', () => {
  const sampling = book({ reservoirSize: 50 });
  expect(report(sampling, [statistics({ at: 10 })], at(10.5))).toEqual({
    targets: [
      { RuleName: 'Default', FixedRate: 0.05, ReservoirQuota: 50, ReservoirQuotaTTL: START + 310, Interval: 10 },
    ],
    unprocessed: [],
    unprocessedBoosts: [],
    lastRuleModification: START,
  });
});

test('an empty reservoir is answered as quota 0', () => {
  expect(quotaOf(report(book({ reservoirSize: 0 }), [statistics({ at: 10 })], at(10)))).toBe(0);
});

test('an unknown rule is named, and the rest of the call is answered', () => {
  const { targets, unprocessed } = report(
    book({}),
    [statistics({ rule: 'Gone', at: 10 }), statistics({ at: 10 })],
    at(10),
  );
  expect(unprocessed).toEqual([
    { RuleName: 'Gone', ErrorCode: 'RuleNotFound', Message: 'There is no sampling rule of this name.' },
  ]);
  expect(targets).toMatchObject([{ RuleName: 'Default' }]);
});

test.each([
  ['301 seconds old', 0, 301, ['StaleStatistics']],
  ['300 seconds old', 0, 300, []],
  ['from a clock that is ahead', 900, 0, []],
  ['with a fraction', 9.75, 10, []],
])('a report %s', (_name, reported, now, codes) => {
  const { targets, unprocessed } = report(book({}), [statistics({ at: reported })], at(now));
  expect(unprocessed.map(({ ErrorCode }) => ErrorCode)).toEqual(codes);
  expect(targets).toHaveLength(1 - codes.length);
});

test('the reservoir follows demand once everybody has reported again', () => {
  const { rounds } = fleet({ reservoirSize: 10, requests: { a: 300, b: 100, c: 100 } });
  expect(rounds(3)).toEqual({ a: 6, b: 2, c: 2 });
});

test('a newcomer waits for what the others give back', () => {
  const { ask } = fleet({ reservoirSize: 10, requests: { a: 100, b: 100 } });
  expect(ask('a', 0)).toBe(10);
  expect(ask('b', 1)).toBe(0);
  expect(ask('a', 10)).toBe(5);
  expect(ask('b', 11)).toBe(5);
});

test('a client that has not reported for three intervals gives its part back', () => {
  const { ask } = fleet({ reservoirSize: 10, requests: { a: 100, b: 100 } });
  ask('a', 0);
  expect(ask('b', 30)).toBe(0);
  expect(ask('b', 30.1)).toBe(10);
});

test('of too many clients the one that reported longest ago is forgotten', () => {
  const sampling = book({ reservoirSize: 1 });
  const first = quotaOf(report(sampling, [statistics({ client: 'first', requests: 9, at: 0 })], at(0)));
  const others = Array.from({ length: RULE_CLIENT_COUNT_MAX }, (_, index) => {
    const document = statistics({ client: `client ${String(index).padStart(6, '0')}`, at: 1 });
    return quotaOf(report(sampling, [document], at(1)));
  });
  expect(first).toBe(1);
  expect(others.slice(0, -1).every((quota) => quota === 0)).toBe(true);
  expect(quotaOf(report(sampling, [statistics({ client: 'client 000000', requests: 9, at: 2 })], at(2)))).toBe(1);
});

test('shares are whole, fair to within one, and add up to the reservoir', () => {
  const demands = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), demands, (size, counts) => {
      const byId = new Map(counts.map((count, index) => [`client ${index}`, count]));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const shares = [...byId.keys()].map((id) => shareReservoir(size, byId, id));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(size);
      for (const [index, share] of shares.entries()) {
        const exact = total === 0 ? size / counts.length : (size * (counts[index] ?? 0)) / total;
        expect(Number.isInteger(share) && Math.abs(share - exact) < 1.000_001).toBe(true);
      }
    }),
    { seed: SEED },
  );
});

test('what active clients hold never exceeds the reservoir, whatever they report and when', () => {
  const steps = fc.array(
    fc.record({ client: fc.constantFrom('a', 'b', 'c', 'd'), requests: fc.nat(500), wait: fc.nat(25) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.nat(20), steps, (reservoirSize, reports) => {
      const sampling = book({ reservoirSize });
      const held = new Map<string, { quota: number; seconds: number }>();
      let seconds = 0;
      for (const { client, requests, wait } of reports) {
        seconds += wait;
        const quota = quotaOf(report(sampling, [statistics({ client, requests, at: seconds })], at(seconds)));
        expect(quota).toBeGreaterThanOrEqual(0);
        held.set(client, { quota, seconds });
        const active = [...held.values()].filter((one) => seconds - one.seconds <= 30);
        expect(active.reduce((sum, one) => sum + one.quota, 0)).toBeLessThanOrEqual(reservoirSize);
      }
    }),
    { seed: SEED },
  );
});

test.each([
  [{ reservoirSize: -1 }],
  [{ reservoirSize: 1.5 }],
  [{ reservoirSize: 1e9 }],
  [{ fixedRate: 1.01 }],
  [{ fixedRate: Number.NaN }],
])('%j is refused', (options) => {
  expect(() => book(options)).toThrow(RangeError);
});

interface Asked {
  readonly rule?: string;
  readonly client?: string;
  readonly requests?: number;
  readonly at: number;
}

function book(options: { reservoirSize?: number; fixedRate?: number }) {
  const rule = defaultRule({ reservoirSize: 1, fixedRate: 0.05, createdUs: at(0.5), ...options });
  return createSamplingBook({ records: [rule], lastModified: START });
}

function report(sampling: SamplingBook, documents: readonly SamplingStatisticsDocument[], nowUs: TimeUs) {
  return sampling.report({ documents }, nowUs);
}

function statistics({ rule = 'Default', client = 'a', requests = 5, at: seconds }: Asked): SamplingStatisticsDocument {
  return {
    RuleName: rule,
    ClientID: client,
    Timestamp: START + seconds,
    RequestCount: requests,
    SampledCount: 0,
    BorrowCount: 1,
  };
}

function quotaOf({ targets }: SamplingAnswer): number {
  return targets[0]?.ReservoirQuota ?? Number.NaN;
}

/** Clients that always report the same number of requests. */
function fleet({ reservoirSize, requests }: { reservoirSize: number; requests: Readonly<Record<string, number>> }) {
  const sampling = book({ reservoirSize });
  const ask = (client: string, seconds: number) => {
    const document = statistics({ client, requests: requests[client] ?? 0, at: seconds });
    return quotaOf(report(sampling, [document], at(seconds)));
  };
  const rounds = (count: number) => {
    let last: Record<string, number> = {};
    for (let round = 0; round < count; round += 1) {
      last = Object.fromEntries(Object.keys(requests).map((client) => [client, ask(client, round * 10)]));
    }
    return last;
  };
  return { ask, rounds };
}

function at(seconds: number) {
  return timeUs(Math.round((START + seconds) * 1e6));
}

test('states tell who reported lately and what of the reservoir they hold', () => {
  const sampling = book({ reservoirSize: 10 });
  report(sampling, [statistics({ client: 'a', at: START }), statistics({ client: 'b', at: START })], at(START));
  expect(sampling.states(at(START))).toMatchObject([
    { name: 'Default', clients: { count: 2 }, windows: [{ RequestCount: 10 }] },
  ]);
  expect(sampling.states(at(START))[0]?.clients.quota).toBeLessThanOrEqual(10);
  expect(sampling.states(at(START + 31))[0]?.clients).toEqual({ count: 0, quota: 0 });
});
