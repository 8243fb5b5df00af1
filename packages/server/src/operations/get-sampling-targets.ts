import type { TimeUs } from '@fluoroscope/model';
import type { SamplingBook } from '@fluoroscope/query';
import type { Handler } from './handler.ts';

export interface GetSamplingTargetsOptions {
  readonly sampling: Pick<SamplingBook, 'report'>;
  readonly nowUs: () => TimeUs;
}

export function createGetSamplingTargets(options: GetSamplingTargetsOptions): Handler<'get-sampling-targets'> {
  const { sampling, nowUs } = options;
  return async ({ SamplingStatisticsDocuments, SamplingBoostStatisticsDocuments = [] }) => {
    const answer = sampling.report(
      { documents: SamplingStatisticsDocuments, boostDocuments: SamplingBoostStatisticsDocuments },
      nowUs(),
    );
    return {
      SamplingTargetDocuments: answer.targets,
      LastRuleModification: answer.lastRuleModification,
      UnprocessedStatistics: answer.unprocessed,
      UnprocessedBoostStatistics: answer.unprocessedBoosts,
    };
  };
}
