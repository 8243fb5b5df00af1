import type {
  SamplingRuleRecord,
  SamplingStatisticsDocument,
  SamplingTargetDocument,
  UnprocessedStatistics,
} from '@fluoroscope/api';
import { secondsFromUs, type TimeUs } from '@fluoroscope/model';
import { defaultRule, DEFAULT_RULE_NAME, type DefaultRuleOptions } from './default-rule.ts';
import { REPORT_INTERVAL_SECONDS, RESERVOIR_SIZE_COUNT_MAX, STATISTICS_AGE_SECONDS_MAX } from './limits.ts';
import { createRuleClients } from './rule-clients.ts';

/** Which rules clients sample by, and how much of each rule's reservoir each client may use. */
export interface SamplingBook {
  /** All of them at once: SDKs read one page only. */
  rules(): readonly SamplingRuleRecord[];

  /** Answers every document once: by a target, or by why there is none. */
  report(documents: readonly SamplingStatisticsDocument[], nowUs: TimeUs): SamplingReport;
}

export interface SamplingReport {
  readonly targets: readonly SamplingTargetDocument[];
  readonly unprocessed: readonly UnprocessedStatistics[];
  /** Whole seconds since 1970. */
  readonly lastRuleModification: number;
}

export type SamplingBookOptions = DefaultRuleOptions;

/** How long a client may use its quota without hearing of us again; as X-Ray's own answers have it. */
const QUOTA_SECONDS = 300;

export function createSamplingBook(options: SamplingBookOptions): SamplingBook {
  requireOptions(options);
  const record = defaultRule(options);
  const rule = record.SamplingRule;
  const book = new Map([[DEFAULT_RULE_NAME, { rule, record, clients: createRuleClients(rule.ReservoirSize) }]]);
  const lastRuleModification = Math.floor(secondsFromUs(options.createdUs));

  function report(documents: readonly SamplingStatisticsDocument[], nowUs: TimeUs): SamplingReport {
    const targets: SamplingTargetDocument[] = [];
    const unprocessed: UnprocessedStatistics[] = [];
    const now = Math.floor(secondsFromUs(nowUs));
    for (const { RuleName, ClientID, RequestCount, Timestamp } of documents) {
      const entry = book.get(RuleName);
      if (entry === undefined) {
        unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message: 'There is no sampling rule of this name.' });
      } else if (now - Timestamp > STATISTICS_AGE_SECONDS_MAX) {
        const Message = `Timestamp ${Timestamp} is more than ${STATISTICS_AGE_SECONDS_MAX} seconds before ${now}.`;
        unprocessed.push({ RuleName, ErrorCode: 'StaleStatistics', Message });
      } else {
        // SampledCount and BorrowCount mean different things in different SDKs; demand needs neither.
        targets.push({
          RuleName,
          FixedRate: entry.rule.FixedRate,
          ReservoirQuota: entry.clients.report(ClientID, RequestCount, nowUs),
          ReservoirQuotaTTL: now + QUOTA_SECONDS,
          Interval: REPORT_INTERVAL_SECONDS,
        });
      }
    }
    return { targets, unprocessed, lastRuleModification };
  }

  return { rules: () => Array.from(book.values(), (entry) => entry.record), report };
}

function requireOptions({ reservoirSize, fixedRate }: SamplingBookOptions): void {
  if (!Number.isInteger(reservoirSize) || reservoirSize < 0 || reservoirSize > RESERVOIR_SIZE_COUNT_MAX) {
    throw new RangeError(
      `reservoirSize must be a whole number from 0 to ${RESERVOIR_SIZE_COUNT_MAX}: ${reservoirSize}`,
    );
  }
  if (!(fixedRate >= 0 && fixedRate <= 1)) throw new RangeError(`fixedRate must be from 0 to 1: ${fixedRate}`);
}
