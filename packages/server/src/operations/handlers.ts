import type { TimeUs } from '@fluoroscope/model';
import type { SamplingBook } from '@fluoroscope/query';
import type { Control } from '../control/control.ts';
import type { Encryption } from '../encryption/encryption.ts';
import type { Events } from '../events.ts';
import type { Ingest } from '../ingest.ts';
import type { PageTokens } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { createBatchGetTraces } from './batch-get-traces.ts';
import { createCancelTraceRetrieval } from './cancel-trace-retrieval.ts';
import { createCreateGroup } from './create-group.ts';
import { createCreateSamplingRule } from './create-sampling-rule.ts';
import { createDeleteGroup } from './delete-group.ts';
import { createDeleteResourcePolicy } from './delete-resource-policy.ts';
import { createDeleteSamplingRule } from './delete-sampling-rule.ts';
import { createGetEncryptionConfig } from './get-encryption-config.ts';
import { createGetGroup } from './get-group.ts';
import { createGetGroups } from './get-groups.ts';
import { createGetIndexingRules } from './get-indexing-rules.ts';
import { createGetInsight } from './get-insight.ts';
import { createGetInsightEvents } from './get-insight-events.ts';
import { createGetInsightImpactGraph } from './get-insight-impact-graph.ts';
import { createGetInsightSummaries } from './get-insight-summaries.ts';
import { createGetRetrievedTracesGraph } from './get-retrieved-traces-graph.ts';
import { createGetSamplingRules } from './get-sampling-rules.ts';
import { createGetSamplingStatisticSummaries } from './get-sampling-statistic-summaries.ts';
import { createGetSamplingTargets } from './get-sampling-targets.ts';
import { createGetServiceGraph } from './get-service-graph.ts';
import { createGetTimeSeriesServiceStatistics } from './get-time-series-service-statistics.ts';
import { createGetTraceGraph } from './get-trace-graph.ts';
import { createGetTraceSegmentDestination } from './get-trace-segment-destination.ts';
import { createGetTraceSummaries } from './get-trace-summaries.ts';
import { createListResourcePolicies } from './list-resource-policies.ts';
import { createListRetrievedTraces } from './list-retrieved-traces.ts';
import { createListTagsForResource } from './list-tags-for-resource.ts';
import { createPutEncryptionConfig } from './put-encryption-config.ts';
import { createPutResourcePolicy } from './put-resource-policy.ts';
import { createPutTelemetryRecords } from './put-telemetry-records.ts';
import { createPutTraceSegments } from './put-trace-segments.ts';
import { createStartTraceRetrieval } from './start-trace-retrieval.ts';
import { createTagResource } from './tag-resource.ts';
import { createUntagResource } from './untag-resource.ts';
import { createUpdateGroup } from './update-group.ts';
import { createUpdateIndexingRule } from './update-indexing-rule.ts';
import { createUpdateSamplingRule } from './update-sampling-rule.ts';
import { createUpdateTraceSegmentDestination } from './update-trace-segment-destination.ts';
import type { Handlers } from './handler.ts';

export interface HandlersOptions {
  readonly ingest: Pick<Ingest, 'put'>;
  readonly store: StoreReader;
  readonly control: Control;
  readonly encryption: Encryption;
  readonly sampling: SamplingBook;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'telemetryReceived' | 'tracesUnjudged' | 'troubleMet'>;
  readonly nowUs: () => TimeUs;
}

/** Each operation takes only what it uses. */
export function createHandlers(options: HandlersOptions): Handlers {
  const { ingest, store, control, encryption, sampling, tokens, events, nowUs } = options;
  const { groups, samplingRules: rules, tags, resourcePolicies: policies } = control;
  const { traceRetrievals: retrievals, transactionSearch: search } = control;
  return {
    'batch-get-traces': createBatchGetTraces({ store, tokens, events }),
    'cancel-trace-retrieval': createCancelTraceRetrieval({ retrievals }),
    'create-group': createCreateGroup({ groups }),
    'create-sampling-rule': createCreateSamplingRule({ rules }),
    'delete-group': createDeleteGroup({ groups }),
    'delete-resource-policy': createDeleteResourcePolicy({ policies }),
    'delete-sampling-rule': createDeleteSamplingRule({ rules }),
    'get-encryption-config': createGetEncryptionConfig({ encryption }),
    'get-group': createGetGroup({ groups }),
    'get-groups': createGetGroups({ groups }),
    'get-indexing-rules': createGetIndexingRules({ search }),
    'get-insight': createGetInsight(),
    'get-insight-events': createGetInsightEvents(),
    'get-insight-impact-graph': createGetInsightImpactGraph(),
    'get-insight-summaries': createGetInsightSummaries({ groups }),
    'get-retrieved-traces-graph': createGetRetrievedTracesGraph({ retrievals, store, tokens, events }),
    'get-sampling-rules': createGetSamplingRules({ sampling }),
    'get-sampling-statistic-summaries': createGetSamplingStatisticSummaries({ sampling, tokens, nowUs }),
    'get-sampling-targets': createGetSamplingTargets({ sampling, nowUs }),
    'get-service-graph': createGetServiceGraph({ groups, store, tokens, events }),
    'get-time-series-service-statistics': createGetTimeSeriesServiceStatistics({ groups, store, tokens, events }),
    'get-trace-graph': createGetTraceGraph({ store, tokens, events }),
    'get-trace-segment-destination': createGetTraceSegmentDestination({ search }),
    'get-trace-summaries': createGetTraceSummaries({ store, groups, tokens, events }),
    'list-resource-policies': createListResourcePolicies({ policies }),
    'list-retrieved-traces': createListRetrievedTraces({ retrievals, store, tokens, events }),
    'list-tags-for-resource': createListTagsForResource({ tags }),
    'put-encryption-config': createPutEncryptionConfig({ encryption }),
    'put-resource-policy': createPutResourcePolicy({ policies }),
    'put-telemetry-records': createPutTelemetryRecords({ events }),
    'put-trace-segments': createPutTraceSegments({ ingest }),
    'start-trace-retrieval': createStartTraceRetrieval({ retrievals }),
    'tag-resource': createTagResource({ tags }),
    'untag-resource': createUntagResource({ tags }),
    'update-group': createUpdateGroup({ groups }),
    'update-indexing-rule': createUpdateIndexingRule({ search }),
    'update-sampling-rule': createUpdateSamplingRule({ rules }),
    'update-trace-segment-destination': createUpdateTraceSegmentDestination({ search }),
  };
}
