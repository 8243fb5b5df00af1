import { secondsFromUs } from '@fluoroscope/model';
import { toServices, type FilterPlan } from '@fluoroscope/query';
import type { GraphSums } from '@fluoroscope/store';
import type { Groups } from '../control/groups.ts';
import type { Events } from '../events.ts';
import { SERVICES_PAGE_COUNT_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { chooseTraces, readGraphOf } from './chosen-traces.ts';
import { readGroupPlan } from './filter-plan.ts';
import type { Handler } from './handler.ts';
import { createServicesPage } from './services-page.ts';
import { readTimeRange, type TimeRange } from './time-range.ts';

export interface GetServiceGraphOptions {
  readonly groups: Pick<Groups, 'find'>;
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments' | 'readGraph'>;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'tracesUnjudged'>;
  readonly pageCountMax?: number;
}

/**
 * Of a group: the traces that its expression matches now and that were active in the range. So there are no traces
 * of an older expression in any answer.
 */
export function createGetServiceGraph(options: GetServiceGraphOptions): Handler<'get-service-graph'> {
  const { groups, store, tokens, events, pageCountMax = SERVICES_PAGE_COUNT_MAX } = options;
  const pageOfServices = createServicesPage({ tokens, pageCountMax });

  async function readSums(range: TimeRange, plan: FilterPlan | null): Promise<GraphSums> {
    if (plan === null) return store.readGraph({ ...range, traceIds: null });
    const unjudged = events.tracesUnjudged;
    return readGraphOf(store, await chooseTraces(store, { range, rangeOf: 'active', plan, unjudged }));
  }

  return async ({ NextToken, GroupName, GroupARN, ...times }) => {
    const range = readTimeRange(times);
    const group = groups.find({ GroupName, GroupARN });
    const services = toServices(await readSums(range, readGroupPlan(group, groups)));
    const scope: TokenScope = ['get-service-graph', range.startUs, range.endUs, group?.expression ?? null];
    return {
      StartTime: secondsFromUs(range.startUs),
      EndTime: secondsFromUs(range.endUs),
      ContainsOldGroupVersions: false,
      ...pageOfServices(services, scope, NextToken),
    };
  };
}
