import type { SamplingBoost, SamplingBoostStatisticsDocument, SamplingRateBoost } from '@fluoroscope/api';
import { secondsFromUs, timeUs, type TimeUs } from '@fluoroscope/model';
import { BOOST_COLLECT_SECONDS, BOOST_SECONDS_MAX } from './limits.ts';

/**
 * Raises one rule's rate for a while when clients report anomalies that were not sampled (XRAY-SPEC §8.6). X-Ray's
 * formula is not published; ours: after `BOOST_COLLECT_SECONDS` of reports the rate rises from the rule's own
 * towards `MaxRate` by the share of anomalies that went unsampled, for `BOOST_SECONDS_MAX`, once in a cooldown window.
 */
export interface RateBoost {
  report(document: SamplingBoostStatisticsDocument, nowUs: TimeUs): void;
  /** Null while the rule's own rate holds. */
  read(boost: SamplingRateBoost, fixedRate: number, nowUs: TimeUs): SamplingBoost | null;
}

interface Anomalies {
  readonly sinceUs: TimeUs;
  readonly count: number;
  readonly sampledCount: number;
}

interface Raised {
  readonly rate: number;
  readonly startUs: TimeUs;
}

export function createRateBoost(): RateBoost {
  let anomalies: Anomalies | null = null;
  let raised: Raised | null = null;

  function raise({ MaxRate, CooldownWindowMinutes }: SamplingRateBoost, fixedRate: number, nowUs: TimeUs): void {
    const nextUs = raised === null ? 0 : raised.startUs + Math.max(CooldownWindowMinutes * 60, BOOST_SECONDS_MAX) * 1e6;
    if (anomalies === null || nowUs < nextUs || nowUs - anomalies.sinceUs < BOOST_COLLECT_SECONDS * 1e6) return;
    const missed = Math.max(0, anomalies.count - anomalies.sampledCount) / anomalies.count;
    raised = { rate: fixedRate + (MaxRate - fixedRate) * missed, startUs: nowUs };
    anomalies = null;
  }

  return {
    report({ AnomalyCount, SampledAnomalyCount }, nowUs) {
      if (AnomalyCount === 0) return;
      // What was seen long ago, in a cooldown, says nothing of now.
      const isRecent = anomalies !== null && nowUs - anomalies.sinceUs <= BOOST_SECONDS_MAX * 1e6;
      const kept: Anomalies =
        isRecent && anomalies !== null ? anomalies : { sinceUs: nowUs, count: 0, sampledCount: 0 };
      anomalies = {
        sinceUs: kept.sinceUs,
        count: kept.count + AnomalyCount,
        sampledCount: kept.sampledCount + Math.min(SampledAnomalyCount, AnomalyCount),
      };
    },
    read(boost, fixedRate, nowUs) {
      raise(boost, fixedRate, nowUs);
      if (raised === null || raised.rate <= fixedRate) return null;
      const endUs = timeUs(raised.startUs + BOOST_SECONDS_MAX * 1e6);
      if (nowUs >= endUs) return null;
      const rate = Math.min(raised.rate, boost.MaxRate);
      return rate <= fixedRate ? null : { BoostRate: rate, BoostRateTTL: Math.floor(secondsFromUs(endUs)) };
    },
  };
}
