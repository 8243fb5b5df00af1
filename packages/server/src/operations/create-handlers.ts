import type { TimeUs } from '@fluoroscope/model';
import type { SamplingBook } from '@fluoroscope/query';
import type { Events } from '../events.ts';
import type { Ingest } from '../ingest.ts';
import type { PageTokens } from '../page-token.ts';
import type { StoreReader } from '../storage/storage.ts';
import { createBatchGetTraces } from './batch-get-traces.ts';
import { createGetSamplingRules } from './get-sampling-rules.ts';
import { createGetSamplingTargets } from './get-sampling-targets.ts';
import { createGetServiceGraph } from './get-service-graph.ts';
import { createGetTraceGraph } from './get-trace-graph.ts';
import { createGetTraceSummaries } from './get-trace-summaries.ts';
import type { Handlers } from './handler.ts';
import { createPutTelemetryRecords } from './put-telemetry-records.ts';
import { createPutTraceSegments } from './put-trace-segments.ts';

export interface HandlersOptions {
  readonly ingest: Pick<Ingest, 'put'>;
  readonly store: StoreReader;
  readonly sampling: SamplingBook;
  readonly tokens: PageTokens;
  readonly events: Pick<Events, 'telemetryReceived'>;
  readonly nowUs: () => TimeUs;
}

/** Each operation takes only what it uses. */
export function createHandlers({ ingest, store, sampling, tokens, events, nowUs }: HandlersOptions): Handlers {
  return {
    'batch-get-traces': createBatchGetTraces({ store, tokens }),
    'get-sampling-rules': createGetSamplingRules({ sampling }),
    'get-sampling-targets': createGetSamplingTargets({ sampling, nowUs }),
    'get-service-graph': createGetServiceGraph({ store, tokens }),
    'get-trace-graph': createGetTraceGraph({ store, tokens }),
    'get-trace-summaries': createGetTraceSummaries({ store, tokens }),
    'put-telemetry-records': createPutTelemetryRecords({ events }),
    'put-trace-segments': createPutTraceSegments({ ingest }),
  };
}
