import type { StoredDocument } from '@fluoroscope/store';
import { clearColumns, takeBlock, type Columns } from '../native/block.ts';
import { dateColumn, int64Column, textColumn, traceIdColumn } from '../native/column.ts';
import type { DayRows } from './days.ts';

export interface DocumentsEncoder {
  readonly columns: Columns;
  /** `position` is that of the batch's first document. */
  encode(some: DayRows<StoredDocument & { readonly place: number }>, position: number): Buffer;
}

export function createDocumentsEncoder(): DocumentsEncoder {
  const columns = {
    arrived_day: dateColumn(),
    trace_id: traceIdColumn(),
    position: int64Column(),
    received_us: int64Column(),
    text: textColumn(),
  };
  return {
    columns,
    encode({ day, rows }, position) {
      clearColumns(columns);
      for (const { traceId, receivedUs, text, place } of rows) {
        columns.arrived_day.push(day);
        columns.trace_id.push(traceId);
        columns.position.push(position + place);
        columns.received_us.push(receivedUs);
        columns.text.push(text);
      }
      return takeBlock(columns);
    },
  };
}
