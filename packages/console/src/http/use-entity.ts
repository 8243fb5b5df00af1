import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Entity, findEntity, readDocument } from '../trace/entity.ts';
import { idOfRow, type TracePlan } from '../trace/trace-plan.ts';
import { readTraceDocument } from './operations.ts';

export interface EntityQuery {
  readonly entity: Entity | null;
  readonly error: Error | null;
  readonly isLoading: boolean;
}

/** The document's part of a row, asked for when it is looked at: a page holds no documents. */
export function useEntity(traceId: string, plan: TracePlan, row: number): EntityQuery {
  const place = plan.place[row] ?? 0;
  const { data, error, isPending } = useQuery({
    // Places move when a trace grows.
    queryKey: ['trace-document', traceId, place, plan.readCount, plan.pendingCount],
    queryFn: ({ signal }) => readTraceDocument(traceId, place, signal),
    enabled: row >= 0,
  });
  const id = row < 0 ? '' : idOfRow(plan, row);
  const entity = useMemo(() => (data === undefined ? null : findEntity(readDocument(data), id)), [data, id]);
  return { entity, error, isLoading: isPending };
}
