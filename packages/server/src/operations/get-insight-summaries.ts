import { ApiError } from '@fluoroscope/api';
import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';
import { readTimeRange } from './time-range.ts';

export interface GetInsightSummariesOptions {
  readonly groups: Pick<Groups, 'find'>;
}

/** None has been detected, whatever the group's InsightsConfiguration says. */
export function createGetInsightSummaries({ groups }: GetInsightSummariesOptions): Handler<'get-insight-summaries'> {
  return async ({ GroupName, GroupARN, NextToken, ...times }) => {
    refuseNextToken(NextToken);
    readTimeRange(times);
    if (groups.find({ GroupName, GroupARN }) === null)
      throw new ApiError('InvalidRequestException', 'GroupName or GroupARN must be given');
    return { InsightSummaries: [] };
  };
}
