import { z } from 'zod';
import { SAMPLING_STATISTICS_DOCUMENTS_MAX } from '../limits.ts';
import type {
  SamplingBoostStatisticsDocument,
  SamplingStatisticsDocument,
  SamplingTargetDocument,
  UnprocessedStatistics,
} from '../sampling-shapes.ts';
import type { Operation } from './operation.ts';
import { count, listOf, optional, text, timestamp } from './schema.ts';

export interface GetSamplingTargetsInput {
  readonly SamplingStatisticsDocuments: readonly SamplingStatisticsDocument[];
  readonly SamplingBoostStatisticsDocuments?: readonly SamplingBoostStatisticsDocument[] | undefined;
}

export interface GetSamplingTargetsOutput {
  readonly SamplingTargetDocuments?: readonly SamplingTargetDocument[];
  /** A number always: Node's SDK drops the whole answer otherwise (XRAY-SPEC §8.3). */
  readonly LastRuleModification?: number;
  readonly UnprocessedStatistics?: readonly UnprocessedStatistics[];
  readonly UnprocessedBoostStatistics?: readonly UnprocessedStatistics[];
}

const statistics: z.ZodType<SamplingStatisticsDocument> = z
  .object({
    RuleName: text(32, 1),
    ClientID: text(24, 24),
    Timestamp: timestamp,
    RequestCount: count,
    SampledCount: count,
    BorrowCount: optional(count),
  })
  .transform(({ BorrowCount, ...counts }) => (BorrowCount === undefined ? counts : { ...counts, BorrowCount }));

const boostStatistics: z.ZodType<SamplingBoostStatisticsDocument> = z.object({
  RuleName: text(32, 1),
  ServiceName: text(64),
  Timestamp: timestamp,
  AnomalyCount: count,
  TotalCount: count,
  SampledAnomalyCount: count,
});

export const getSamplingTargets: Operation<'get-sampling-targets', GetSamplingTargetsInput> = {
  name: 'get-sampling-targets',
  path: '/SamplingTargets',
  input: z.object({
    SamplingStatisticsDocuments: listOf(statistics, SAMPLING_STATISTICS_DOCUMENTS_MAX),
    SamplingBoostStatisticsDocuments: optional(listOf(boostStatistics, SAMPLING_STATISTICS_DOCUMENTS_MAX)),
  }),
};
