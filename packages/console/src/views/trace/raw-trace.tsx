import type { Trace } from '@fluoroscope/api';
import type { Json } from '@fluoroscope/model';
import { type ReactNode, useMemo } from 'react';
import { readEntities } from '../../trace/entity.ts';
import { JsonBlock } from './json-block.tsx';

/** BatchGetTraces' answer with the documents as JSON instead of text. */
export function RawTrace({ trace }: { readonly trace: Trace }): ReactNode {
  const value = useMemo((): Json => {
    const segments = readEntities(trace).map((entity) => ({ Id: entity.id, Document: entity.raw }));
    return {
      Id: trace.Id ?? '',
      Duration: trace.Duration ?? 0,
      LimitExceeded: trace.LimitExceeded === true,
      Segments: segments,
    };
  }, [trace]);
  return (
    <div className="raw-trace" data-testid="raw-trace">
      <JsonBlock value={value} label="Copy the whole trace" />
    </div>
  );
}
