import type { Trace } from '@fluoroscope/api';
import type { Json } from '@fluoroscope/model';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { readTrace } from '../../http/operations.ts';
import { readEntities } from '../../trace/entity.ts';
import { otlpJson } from '../../trace/otlp-json.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import { formatCountOf } from '../../text/format.ts';
import { Bone, Failure } from '../../widgets/state.tsx';
import { CodeBlock, JsonBlock } from './json-block.tsx';

interface RawTraceProps {
  readonly traceId: string;
  readonly plan: TracePlan;
  readonly format: 'raw' | 'otlp';
}

/** Larger traces are not read into the page as a whole. */
const ROWS_MAX = 20_000;

export function RawTrace({ traceId, plan, format }: RawTraceProps): ReactNode {
  const isLarge = plan.count > ROWS_MAX;
  const query = useQuery({
    queryKey: ['trace', traceId, plan.readCount, plan.pendingCount],
    queryFn: ({ signal }) => readTrace(traceId, signal),
    enabled: !isLarge,
  });
  if (isLarge) return <TooLarge traceId={traceId} count={plan.count} />;
  if (query.isError) {
    return <Failure title="The documents cannot be shown" error={query.error} retry={() => void query.refetch()} />;
  }
  if (query.data == null) return <Bone width="100%" height={300} />;
  return (
    <div className="raw-trace" data-testid={format === 'raw' ? 'raw-trace' : 'otlp-trace'}>
      <Printed trace={query.data} format={format} />
    </div>
  );
}

function Printed({ trace, format }: { readonly trace: Trace; readonly format: 'raw' | 'otlp' }): ReactNode {
  const value = useMemo(() => (format === 'raw' ? xrayJson(trace) : otlpJson(trace)), [trace, format]);
  return <JsonBlock value={value} label={format === 'raw' ? 'Copy the whole trace' : 'Copy the trace as OTLP'} />;
}

/** BatchGetTraces' answer with the documents as JSON instead of text. */
function xrayJson(trace: Trace): Json {
  const segments = readEntities(trace).map((entity) => ({ Id: entity.id, Document: entity.raw }));
  return {
    Id: trace.Id ?? '',
    Duration: trace.Duration ?? 0,
    LimitExceeded: trace.LimitExceeded === true,
    Segments: segments,
  };
}

function TooLarge({ traceId, count }: { readonly traceId: string; readonly count: number }): ReactNode {
  const command = `aws xray batch-get-traces --endpoint-url ${globalThis.location.origin} --trace-ids ${traceId}`;
  return (
    <div className="raw-trace">
      <p className="notice">
        {formatCountOf(count, 'row')} are more than a page should hold as text. A row&apos;s own document is in its
        panel; all of them come from the API, page by page:
      </p>
      <CodeBlock text={command} label="Copy the command" />
    </div>
  );
}
