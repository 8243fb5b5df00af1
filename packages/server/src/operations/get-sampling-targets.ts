import type { TimeUs } from '@fluoroscope/model';
import type { SamplingBook } from '@fluoroscope/query';
import type { Handler } from './handler.ts';

export interface GetSamplingTargetsOptions {
  readonly sampling: Pick<SamplingBook, 'report'>;
  readonly nowUs: () => TimeUs;
}

/** No rule has a rate boost yet, so no boost statistics can belong to one. */
export function createGetSamplingTargets(options: GetSamplingTargetsOptions): Handler<'get-sampling-targets'> {
  const { sampling, nowUs } = options;
  return async ({ SamplingStatisticsDocuments, SamplingBoostStatisticsDocuments = [] }) => {
    const { targets, unprocessed, lastRuleModification } = sampling.report(SamplingStatisticsDocuments, nowUs());
    return {
      SamplingTargetDocuments: targets,
      LastRuleModification: lastRuleModification,
      UnprocessedStatistics: unprocessed,
      UnprocessedBoostStatistics: SamplingBoostStatisticsDocuments.map(({ RuleName }) => ({
        RuleName,
        ErrorCode: 'RuleNotFound',
        Message: 'No sampling rule of this name has a rate boost.',
      })),
    };
  };
}
