import {
  inRuleOrder,
  type SamplingBoost,
  type SamplingBoostStatisticsDocument,
  type SamplingRule,
  type SamplingRuleRecord,
  type SamplingStatisticsDocument,
  type SamplingStatisticSummary,
  type SamplingTargetDocument,
  type UnprocessedStatistics,
} from '@fluoroscope/api';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';
import { REPORT_INTERVAL_SECONDS, RESERVOIR_SIZE_COUNT_MAX, STATISTICS_AGE_SECONDS_MAX } from './limits.ts';
import { createRateBoost, type RateBoost } from './rate-boost.ts';
import { createRuleClients, type ActiveClients, type RuleClients } from './rule-clients.ts';
import { createStatisticsWindows, type StatisticsWindows } from './statistics-windows.ts';

/** Which rules clients sample by, and how much of each rule's reservoir each client may use. */
export interface SamplingBook {
  /** All of them at once, in the order in which they are tried: SDKs read one page only. */
  rules(): readonly SamplingRuleRecord[];

  /** From now on these; a rule that keeps its name keeps its clients and statistics. */
  setRules(rules: SamplingRules): void;

  /** Answers every document once: by a target, or by why there is none. */
  report(reports: SamplingReports, nowUs: TimeUs): SamplingAnswer;

  /** Of the last half hour, oldest window first, then by rule in order. */
  summaries(nowUs: TimeUs): readonly SamplingStatisticSummary[];

  /** Of each rule, in the order in which they are tried. */
  states(nowUs: TimeUs): readonly RuleState[];
}

export interface RuleState {
  readonly name: string;
  readonly clients: ActiveClients;
  /** As of `summaries`. */
  readonly windows: readonly SamplingStatisticSummary[];
}

export interface SamplingRules {
  readonly records: readonly SamplingRuleRecord[];
  /** Whole seconds since 1970: clients that fetched the rules before it fetch them again. */
  readonly lastModified: number;
}

export interface SamplingReports {
  readonly documents: readonly SamplingStatisticsDocument[];
  readonly boostDocuments?: readonly SamplingBoostStatisticsDocument[];
}

export interface SamplingAnswer {
  readonly targets: readonly SamplingTargetDocument[];
  readonly unprocessed: readonly UnprocessedStatistics[];
  readonly unprocessedBoosts: readonly UnprocessedStatistics[];
  /** Whole seconds since 1970. */
  readonly lastRuleModification: number;
}

/** How long a client may use its quota without hearing of us again; as X-Ray's own answers have it. */
const QUOTA_SECONDS = 300;

interface Entry {
  readonly rule: SamplingRule;
  readonly record: SamplingRuleRecord;
  readonly clients: RuleClients;
  readonly statistics: StatisticsWindows;
  readonly boost: RateBoost;
}

export function createSamplingBook(given: SamplingRules): SamplingBook {
  let book: ReadonlyMap<string, Entry> = new Map();
  let lastRuleModification = 0;

  function setRules({ records, lastModified }: SamplingRules): void {
    const next = new Map<string, Entry>();
    for (const record of inRuleOrder(records)) {
      const { SamplingRule: rule } = record;
      if (rule?.RuleName === undefined) throw new RangeError('a sampling rule must have a name');
      requireRule(rule);
      const kept = book.get(rule.RuleName);
      next.set(rule.RuleName, {
        rule,
        record,
        clients: kept?.clients ?? createRuleClients(),
        statistics: kept?.statistics ?? createStatisticsWindows(),
        boost: kept?.boost ?? createRateBoost(),
      });
    }
    book = next;
    lastRuleModification = lastModified;
  }

  setRules(given);
  return {
    rules: () => Array.from(book.values(), (entry) => entry.record),
    setRules,
    report({ documents, boostDocuments = [] }, nowUs) {
      // First, so that what they say already counts in the targets below.
      const unprocessedBoosts = takeBoosts(book, boostDocuments, nowUs);
      return { ...takeStatistics(book, documents, nowUs), unprocessedBoosts, lastRuleModification };
    },
    summaries(nowUs) {
      const all = Array.from(book, ([name, { statistics }]) => statistics.read(name, nowUs)).flat();
      return all.sort((a, b) => (a.Timestamp ?? 0) - (b.Timestamp ?? 0));
    },
    states: (nowUs) =>
      Array.from(book, ([name, { clients, statistics }]) => ({
        name,
        clients: clients.read(nowUs),
        windows: statistics.read(name, nowUs),
      })),
  };
}

function takeStatistics(
  book: ReadonlyMap<string, Entry>,
  documents: readonly SamplingStatisticsDocument[],
  nowUs: TimeUs,
): Pick<SamplingAnswer, 'targets' | 'unprocessed'> {
  const targets: SamplingTargetDocument[] = [];
  const unprocessed: UnprocessedStatistics[] = [];
  for (const document of documents) {
    const { RuleName, Timestamp } = document;
    const entry = book.get(RuleName);
    if (entry === undefined) {
      unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message: 'There is no sampling rule of this name.' });
    } else if (isStale(Timestamp, nowUs)) {
      unprocessed.push(stale(RuleName, Timestamp, nowUs));
    } else {
      entry.statistics.add(document, nowUs);
      targets.push(targetOf(entry, document, nowUs));
    }
  }
  return { targets, unprocessed };
}

/** SampledCount and BorrowCount mean different things in different SDKs; demand needs neither. */
function targetOf(
  { rule, clients, boost }: Entry,
  { RuleName, ClientID, RequestCount }: SamplingStatisticsDocument,
  nowUs: TimeUs,
): SamplingTargetDocument {
  const raised: SamplingBoost | null =
    rule.SamplingRateBoost === undefined ? null : boost.read(rule.SamplingRateBoost, rule.FixedRate, nowUs);
  return {
    RuleName,
    FixedRate: rule.FixedRate,
    ReservoirQuota: clients.report({ clientId: ClientID, requestCount: RequestCount, nowUs }, rule.ReservoirSize),
    ReservoirQuotaTTL: Math.floor(secondsFromUs(nowUs)) + QUOTA_SECONDS,
    Interval: REPORT_INTERVAL_SECONDS,
    ...(raised !== null && { SamplingBoost: raised }),
  };
}

function takeBoosts(
  book: ReadonlyMap<string, Entry>,
  documents: readonly SamplingBoostStatisticsDocument[],
  nowUs: TimeUs,
): readonly UnprocessedStatistics[] {
  const unprocessed: UnprocessedStatistics[] = [];
  for (const document of documents) {
    const { RuleName, Timestamp } = document;
    const entry = book.get(RuleName);
    if (entry?.rule.SamplingRateBoost === undefined) {
      const Message = 'No sampling rule of this name has a rate boost.';
      unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message });
    } else if (isStale(Timestamp, nowUs)) {
      unprocessed.push(stale(RuleName, Timestamp, nowUs));
    } else {
      entry.boost.report(document, nowUs);
    }
  }
  return unprocessed;
}

function isStale(timestamp: number, nowUs: TimeUs): boolean {
  return Math.floor(secondsFromUs(nowUs)) - timestamp > STATISTICS_AGE_SECONDS_MAX;
}

function stale(RuleName: string, timestamp: number, nowUs: TimeUs): UnprocessedStatistics {
  const now = Math.floor(secondsFromUs(nowUs));
  const Message = `Timestamp ${timestamp} is more than ${STATISTICS_AGE_SECONDS_MAX} seconds before ${now}.`;
  return { RuleName, ErrorCode: 'StaleStatistics', Message };
}

/** What the arithmetic of shares relies on. */
function requireRule({ ReservoirSize, FixedRate }: SamplingRule): void {
  if (!Number.isInteger(ReservoirSize) || ReservoirSize < 0 || ReservoirSize > RESERVOIR_SIZE_COUNT_MAX) {
    throw new RangeError(
      `ReservoirSize must be a whole number from 0 to ${RESERVOIR_SIZE_COUNT_MAX}: ${ReservoirSize}`,
    );
  }
  if (!(FixedRate >= 0 && FixedRate <= 1)) throw new RangeError(`FixedRate must be from 0 to 1: ${FixedRate}`);
}
