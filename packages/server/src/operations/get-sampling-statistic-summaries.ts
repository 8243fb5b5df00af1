import type { TimeUs } from '@fluoroscope/model';
import type { SamplingBook } from '@fluoroscope/query';
import { STATISTICS_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { Handler } from './handler.ts';
import { badNextToken, readNextToken } from './next-token.ts';

export interface GetSamplingStatisticSummariesOptions {
  readonly sampling: Pick<SamplingBook, 'summaries'>;
  readonly tokens: PageTokens;
  readonly nowUs: () => TimeUs;
  readonly pageCountMax?: number;
}

const SCOPE: TokenScope = ['get-sampling-statistic-summaries'];

/** A token carries how far the last page came, so that it holds while reports come in and old windows are forgotten. */
export function createGetSamplingStatisticSummaries(
  options: GetSamplingStatisticSummariesOptions,
): Handler<'get-sampling-statistic-summaries'> {
  const { sampling, tokens, nowUs, pageCountMax = STATISTICS_PAGE_COUNT_MAX } = options;
  return async ({ NextToken }) => {
    const [afterTime = 0, afterRule = ''] = readNextToken(tokens, SCOPE, NextToken) ?? [];
    if (typeof afterTime !== 'number' || typeof afterRule !== 'string') throw badNextToken();
    const rest = sampling
      .summaries(nowUs())
      .filter(
        ({ Timestamp = 0, RuleName = '' }) =>
          Timestamp > afterTime || (Timestamp === afterTime && RuleName > afterRule),
      )
      .sort((a, b) => (a.Timestamp ?? 0) - (b.Timestamp ?? 0) || ((a.RuleName ?? '') < (b.RuleName ?? '') ? -1 : 1));
    const page = rest.slice(0, pageCountMax);
    const last = page.at(-1);
    const more = rest.length > page.length && last !== undefined;
    return {
      SamplingStatisticSummaries: page,
      ...(more && { NextToken: tokens.issue(SCOPE, [last.Timestamp ?? 0, last.RuleName ?? '']) }),
    };
  };
}
