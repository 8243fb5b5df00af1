import { latencyBucketUs, printServiceKey, type ServiceKey } from '@fluoroscope/model';
import type { GraphFact } from '@fluoroscope/store';
import { clearColumns, takeBlock, type Columns } from '../native/block.ts';
import {
  dateColumn,
  int32Column,
  int64Column,
  int8Column,
  lowCardinalityColumn,
  lowCardinalityNullableColumn,
  traceIdColumn,
} from '../native/column.ts';
import { minuteOf, type DayRows } from './days.ts';
import { OUTCOME_TYPE, outcomeNumber, ROLE_TYPE, roleNumber } from './fact-codes.ts';

export interface FactsEncoder {
  readonly columns: Columns;
  encode(some: DayRows<GraphFact>): Buffer;
}

/** In place of a node's source. */
const NO_SERVICE = '';

export function createFactsEncoder(): FactsEncoder {
  const columns = {
    arrived_day: dateColumn(),
    end_minute: int32Column(),
    trace_id: traceIdColumn(),
    role: int8Column(ROLE_TYPE),
    source: lowCardinalityColumn(),
    target: lowCardinalityColumn(),
    alias: lowCardinalityNullableColumn(),
    outcome: int8Column(OUTCOME_TYPE),
    start_us: int64Column(),
    end_us: int64Column(),
    bucket_us: int64Column(),
    sign: int8Column(),
  };
  // The indexer gives the same object for the same service most of the time.
  const printed = new WeakMap<ServiceKey, string>();

  function print(service: ServiceKey): string {
    const known = printed.get(service);
    if (known !== undefined) return known;
    const text = printServiceKey(service);
    printed.set(service, text);
    return text;
  }

  return {
    columns,
    encode({ day, rows }) {
      clearColumns(columns);
      for (const fact of rows) {
        const { traceId, startUs, endUs, outcome, sign } = fact;
        columns.arrived_day.push(day);
        columns.end_minute.push(minuteOf(endUs));
        columns.trace_id.push(traceId);
        columns.role.push(roleNumber(fact));
        columns.source.push(fact.kind === 'edge' ? print(fact.source) : NO_SERVICE);
        columns.target.push(print(fact.kind === 'edge' ? fact.target : fact.service));
        columns.alias.push(fact.kind === 'edge' ? fact.alias : null);
        columns.outcome.push(outcomeNumber(outcome));
        columns.start_us.push(startUs);
        columns.end_us.push(endUs);
        columns.bucket_us.push(latencyBucketUs(endUs - startUs));
        columns.sign.push(sign);
      }
      return takeBlock(columns);
    },
  };
}
