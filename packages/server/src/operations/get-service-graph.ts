import { ApiError } from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import { toServices } from '@fluoroscope/query';
import { SERVICES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { Handler } from './handler.ts';
import { pageOfServices } from './services-page.ts';
import { readTimeRange } from './time-range.ts';

/** The group every trace belongs to; there are no others yet. */
const DEFAULT_GROUP = 'Default';
const DEFAULT_GROUP_ARN = /^arn:[^:]*:xray:[^:]*:[^:]*:group\/Default(?:\/|$)/;

export interface GetServiceGraphOptions {
  readonly store: Pick<StoreReader, 'readGraph'>;
  readonly tokens: PageTokens;
  readonly pageCountMax?: number;
}

export function createGetServiceGraph(options: GetServiceGraphOptions): Handler<'get-service-graph'> {
  const { store, tokens, pageCountMax = SERVICES_PAGE_COUNT_MAX } = options;
  return async ({ NextToken, GroupName, GroupARN, ...times }) => {
    const range = readTimeRange(times);
    refuseUnknownGroup(GroupName, GroupARN);
    const services = toServices(await store.readGraph({ ...range, traceIds: null }));
    const scope: TokenScope = ['get-service-graph', range.startUs, range.endUs];
    const page = pageOfServices({ services, tokens, scope, token: NextToken, pageCountMax });
    return {
      StartTime: secondsFromUs(range.startUs),
      EndTime: secondsFromUs(range.endUs),
      ContainsOldGroupVersions: false,
      ...page,
    };
  };
}

function refuseUnknownGroup(name: string | undefined, arn: string | undefined): void {
  if (name !== undefined && name !== DEFAULT_GROUP) {
    throw new ApiError('InvalidRequestException', `GroupName: there is no group "${name}"`);
  }
  if (arn !== undefined && !DEFAULT_GROUP_ARN.test(arn)) {
    throw new ApiError('InvalidRequestException', `GroupARN: there is no group "${arn}"`);
  }
}
