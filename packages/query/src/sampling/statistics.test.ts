import type { SamplingRule, SamplingRuleRecord, SamplingStatisticsDocument } from '@fluoroscope/api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createSamplingBook, type SamplingBook } from './sampling-book.ts';

const START = 1_727_000_000;

test('statistics are merged over clients and by windows of ten seconds', () => {
  const book = bookOf(record({ RuleName: 'a' }), record({ RuleName: 'b', Priority: 2 }));
  send(book, 3, { RuleName: 'a', ClientID: 'one', RequestCount: 10, SampledCount: 4, BorrowCount: 1 });
  send(book, 9.9, { RuleName: 'a', ClientID: 'two', RequestCount: 5, SampledCount: 2 });
  send(book, 10, { RuleName: 'b', ClientID: 'one', RequestCount: 1, SampledCount: 0, BorrowCount: 1 });
  send(book, 25, { RuleName: 'a', ClientID: 'one', RequestCount: 7, SampledCount: 7 });
  expect(book.summaries(at(26))).toEqual([
    { RuleName: 'a', Timestamp: START, RequestCount: 15, BorrowCount: 1, SampledCount: 6 },
    { RuleName: 'b', Timestamp: START + 10, RequestCount: 1, BorrowCount: 1, SampledCount: 0 },
    { RuleName: 'a', Timestamp: START + 20, RequestCount: 7, BorrowCount: 0, SampledCount: 7 },
  ]);
});

test('statistics of half an hour are kept, and only of rules that there are', () => {
  const book = bookOf(record({ RuleName: 'a' }), record({ RuleName: 'b' }));
  for (const RuleName of ['a', 'b']) send(book, 0, { RuleName });
  send(book, 100, { RuleName: 'a' });
  expect(book.summaries(at(1_799))).toHaveLength(3);
  expect(book.summaries(at(1_800))).toHaveLength(1);
  book.setRules({ records: [record({ RuleName: 'b' })], lastModified: START + 1 });
  expect(book.summaries(at(200))).toEqual([]);
});

test('a refused report counts nowhere', () => {
  const book = bookOf(record({ RuleName: 'a' }));
  book.report({ documents: [{ ...statistics({ RuleName: 'a' }), Timestamp: START - 1_000 }] }, at(0));
  expect(book.summaries(at(1))).toEqual([]);
});

test('new rules hold from the next report on, and clients keep their quotas', () => {
  const book = bookOf(record({ RuleName: 'a', ReservoirSize: 10, FixedRate: 0.1 }));
  expect(send(book, 0, { RuleName: 'a', ClientID: 'one' })).toMatchObject({ ReservoirQuota: 10, FixedRate: 0.1 });
  book.setRules({ records: [record({ RuleName: 'a', ReservoirSize: 4, FixedRate: 0.5 })], lastModified: START + 5 });
  // One still uses ten: there is nothing for another before it has heard of the change.
  expect(send(book, 6, { RuleName: 'a', ClientID: 'two' })).toMatchObject({ ReservoirQuota: 0, FixedRate: 0.5 });
  expect(send(book, 10, { RuleName: 'a', ClientID: 'one' })).toMatchObject({ ReservoirQuota: 2, FixedRate: 0.5 });
  expect(send(book, 16, { RuleName: 'a', ClientID: 'two' })).toMatchObject({ ReservoirQuota: 2 });
  expect(book.report({ documents: [] }, at(17)).lastRuleModification).toBe(START + 5);
});

const BOOSTED = record({ RuleName: 'a', SamplingRateBoost: { MaxRate: 0.9, CooldownWindowMinutes: 5 } });

test('anomalies that were not sampled raise the rate after ten seconds, for a minute, once in a cooldown window', () => {
  const book = bookOf(BOOSTED);
  anomalies(book, 0, 8, 2);
  expect(send(book, 9, { RuleName: 'a' })?.SamplingBoost).toBeUndefined();
  // Three quarters of the way from 0.1 to 0.9.
  expect(send(book, 10, { RuleName: 'a' })?.SamplingBoost).toEqual({
    BoostRate: expect.closeTo(0.7, 9),
    BoostRateTTL: START + 70,
  });
  anomalies(book, 30, 5, 0);
  expect(send(book, 69, { RuleName: 'a' })?.SamplingBoost?.BoostRateTTL).toBe(START + 70);
  expect(send(book, 70, { RuleName: 'a' })?.SamplingBoost).toBeUndefined();
  anomalies(book, 295, 5, 0);
  expect(send(book, 309, { RuleName: 'a' })?.SamplingBoost).toBeUndefined();
  expect(send(book, 310, { RuleName: 'a' })?.SamplingBoost).toEqual({
    BoostRate: expect.closeTo(0.9, 9),
    BoostRateTTL: START + 370,
  });
});

test('anomalies that were all sampled, or none at all, raise nothing', () => {
  const book = bookOf(BOOSTED);
  anomalies(book, 0, 3, 3);
  anomalies(book, 1, 0, 0);
  expect(send(book, 20, { RuleName: 'a' })?.SamplingBoost).toBeUndefined();
});

test('a boost is of rules that have one, and of reports of now', () => {
  const book = bookOf(BOOSTED, record({ RuleName: 'plain' }));
  const document = { ServiceName: 'shop', AnomalyCount: 1, TotalCount: 1, SampledAnomalyCount: 0 };
  const boostDocuments = [
    { ...document, RuleName: 'plain', Timestamp: START },
    { ...document, RuleName: 'gone', Timestamp: START },
    { ...document, RuleName: 'a', Timestamp: START - 301 },
    { ...document, RuleName: 'a', Timestamp: START },
  ];
  const { unprocessedBoosts } = book.report({ documents: [], boostDocuments }, at(0));
  expect(unprocessedBoosts.map(({ RuleName, ErrorCode }) => [RuleName, ErrorCode])).toEqual([
    ['plain', 'RuleNotFound'],
    ['gone', 'RuleNotFound'],
    ['a', 'StaleStatistics'],
  ]);
});

function bookOf(...records: SamplingRuleRecord[]): SamplingBook {
  return createSamplingBook({ records, lastModified: START });
}

function send(book: SamplingBook, seconds: number, document: Partial<SamplingStatisticsDocument>) {
  return book.report({ documents: [statistics({ Timestamp: START + seconds, ...document })] }, at(seconds)).targets[0];
}

function anomalies(book: SamplingBook, seconds: number, AnomalyCount: number, SampledAnomalyCount: number): void {
  const counts = { AnomalyCount, SampledAnomalyCount, TotalCount: 100 };
  const document = { RuleName: 'a', ServiceName: 'shop', Timestamp: START + seconds, ...counts };
  book.report({ documents: [], boostDocuments: [document] }, at(seconds));
}

function statistics(document: Partial<SamplingStatisticsDocument>): SamplingStatisticsDocument {
  return { RuleName: 'a', ClientID: 'one', Timestamp: START, RequestCount: 5, SampledCount: 0, ...document };
}

function record(members: Partial<SamplingRule>): SamplingRuleRecord {
  const any = { ResourceARN: '*', ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' };
  return { SamplingRule: { ...any, Priority: 1, FixedRate: 0.1, ReservoirSize: 1, Version: 1, ...members } };
}

function at(seconds: number): TimeUs {
  return timeUs(Math.round((START + seconds) * 1e6));
}
