import { createOutlineEncoder, createOutlineReader } from '@fluoroscope/api/outline';
import { readAcceptedDocument } from '@fluoroscope/model';
import { createSpanTable } from './span-table.ts';
import { nameOfRow, planTrace, type TracePlan } from './trace-plan.ts';

// Traces for tests, and plans as text.

/** Seconds since 1970 that the times of segments and calls are told from. */
export const AT = 1_700_000_000;

export interface More {
  readonly parent?: string | undefined;
  readonly subsegments?: readonly object[];
}

export function segment(id: string, name: string, start: number, end: number | undefined, more: More = {}): object {
  return {
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    id: id.padStart(16, '0'),
    name,
    start_time: AT + start,
    ...(end === undefined ? { in_progress: true } : { end_time: AT + end }),
    ...(more.parent === undefined ? {} : { parent_id: more.parent.padStart(16, '0') }),
    ...(more.subsegments === undefined ? {} : { subsegments: more.subsegments }),
  };
}

export function call(
  id: string,
  name: string,
  start: number,
  end: number,
  subsegments: readonly object[] = [],
): object {
  const times = { start_time: AT + start, end_time: AT + end };
  return { id: id.padStart(16, '0'), name, namespace: 'remote', ...times, subsegments };
}

export function plan(documents: readonly object[], correctClocks = true): TracePlan {
  const placed = documents.map((document, place) => ({
    document: readAcceptedDocument(JSON.stringify(document)),
    place,
  }));
  const count = documents.length;
  const bytes = createOutlineEncoder().encode(placed, {
    readCount: count,
    totalCount: count,
    asSent: false,
    isLast: true,
  });
  const table = createSpanTable();
  for (const frame of createOutlineReader().push(bytes)) table.append(frame);
  return planTrace(table.table(), { correctClocks });
}

export function drawn(drawing: TracePlan): readonly string[] {
  return Array.from({ length: drawing.count }, (_, row) => {
    const [start, length] = [(drawing.start[row] ?? 0) / 1e6, (drawing.length[row] ?? 0) / 1e6];
    return `${' '.repeat(drawing.depth[row] ?? 0)}${nameOfRow(drawing, row)} ${start}+${length}`;
  });
}
