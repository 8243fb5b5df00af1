import type { SamplingRule, SamplingTargetDocument } from '@fluoroscope/api';
import type { TraceId } from '@fluoroscope/model';
import { traceShare } from '../trace-hash.ts';

/** Of a rule, since the last report. As X-Ray's SDKs count: what was borrowed is not among the sampled. */
export interface RuleCounts {
  readonly requests: number;
  readonly sampled: number;
  readonly borrowed: number;
}

/** One rule, what was counted of it, and what this process may take of its reservoir. */
export interface RuleState {
  readonly decide: (id: TraceId) => boolean;
  /** The rule as fetched anew: counts and quota go on. */
  readonly refresh: (rule: SamplingRule) => void;
  readonly apply: (target: SamplingTargetDocument) => void;
  /** Something was counted, and its interval is over. */
  readonly isDue: () => boolean;
  readonly hasCounts: () => boolean;
  /** Counting starts over. */
  readonly takeCounts: () => RuleCounts;
  /** Of a report that did not arrive. */
  readonly putBack: (counts: RuleCounts) => void;
}

/** Until a target says another. */
const REPORT_SECONDS = 10;
const NONE: RuleCounts = { requests: 0, sampled: 0, borrowed: 0 };
/** What the rate takes is the same in every collector. */
const SEED = 'xray-rules';

/** XRAY-SPEC §8: the quota while it holds; without one, one trace a second is borrowed; what goes beyond has the rate's chance. */
export function createRuleState(first: SamplingRule, nowMs: () => number): RuleState {
  let rule = first;
  let rate = first.FixedRate;
  let counts = NONE;
  let quota: { readonly size: number; readonly untilSeconds: number } | null = null;
  let second = 0;
  /** In this second. */
  let taken = 0;
  let intervalSeconds = REPORT_SECONDS;
  let reportedAtMs = nowMs();

  function count(change: Partial<RuleCounts>): void {
    const { sampled = 0, borrowed = 0 } = change;
    counts = {
      requests: counts.requests + 1,
      sampled: counts.sampled + sampled,
      borrowed: counts.borrowed + borrowed,
    };
  }

  return {
    decide(id) {
      const now = Math.floor(nowMs() / 1_000);
      if (now !== second) {
        second = now;
        taken = 0;
      }
      const held = quota !== null && now < quota.untilSeconds ? quota : null;
      const size = held === null ? Math.min(1, rule.ReservoirSize) : held.size;
      if (taken < size) {
        taken += 1;
        count(held === null ? { borrowed: 1 } : { sampled: 1 });
        return true;
      }
      const isSampled = traceShare(id, SEED) < rate;
      count({ sampled: isSampled ? 1 : 0 });
      return isSampled;
    },
    refresh(newer) {
      // The target's rate holds until the rule itself says another.
      if (newer.FixedRate !== rule.FixedRate) rate = newer.FixedRate;
      rule = newer;
    },
    apply({ FixedRate, ReservoirQuota, ReservoirQuotaTTL, Interval }) {
      if (FixedRate !== undefined) rate = FixedRate;
      if (Interval !== undefined && Interval > 0) intervalSeconds = Interval;
      if (ReservoirQuota !== undefined && ReservoirQuotaTTL !== undefined) {
        quota = { size: ReservoirQuota, untilSeconds: ReservoirQuotaTTL };
      }
    },
    isDue: () => counts.requests > 0 && nowMs() - reportedAtMs >= intervalSeconds * 1_000,
    hasCounts: () => counts.requests > 0,
    takeCounts() {
      const was = counts;
      counts = NONE;
      reportedAtMs = nowMs();
      return was;
    },
    putBack({ requests, sampled, borrowed }) {
      counts = {
        requests: counts.requests + requests,
        sampled: counts.sampled + sampled,
        borrowed: counts.borrowed + borrowed,
      };
    },
  };
}
