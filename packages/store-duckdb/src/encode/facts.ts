import type { DuckDBConnection } from '@duckdb/node-api';
import { latencyBucketUs, type ServiceKey } from '@fluoroscope/model';
import type { GraphFact } from '@fluoroscope/store';
import { outcomeNumber, roleNumber } from '../fact-codes.ts';
import { traceIdWord } from '../trace-key.ts';
import { int32Column, int64Column, int8Column, textColumn, uint64Column, uint8Column } from './column.ts';
import { createTableWriter, type TableWriter } from './table-writer.ts';

/** Services are numbered from 1. */
const NO_SOURCE = 0;

export interface FactsWriter extends TableWriter {
  write(fact: GraphFact, idOf: (service: ServiceKey) => number): void;
}

export function createFactsWriter(connection: DuckDBConnection): FactsWriter {
  const ends = int64Column();
  const starts = int64Column();
  const buckets = int64Column();
  const traceHi = uint64Column();
  const traceLo = uint64Column();
  const sources = int32Column();
  const targets = int32Column();
  const roles = uint8Column();
  const outcomes = uint8Column();
  const signs = int8Column();
  const aliases = textColumn();
  // In the order of the table's columns.
  const columns = [ends, starts, buckets, traceHi, traceLo, sources, targets, roles, outcomes, signs, aliases];
  const table = createTableWriter(connection, 'facts', columns);
  return {
    ...table,
    write(fact, idOf) {
      const { traceId, startUs, endUs } = fact;
      ends.push(endUs);
      starts.push(startUs);
      buckets.push(latencyBucketUs(endUs - startUs));
      traceHi.push(traceIdWord(traceId, 0), traceIdWord(traceId, 1));
      traceLo.push(traceIdWord(traceId, 2), traceIdWord(traceId, 3));
      sources.push(fact.kind === 'node' ? NO_SOURCE : idOf(fact.source));
      targets.push(idOf(fact.kind === 'node' ? fact.service : fact.target));
      roles.push(roleNumber(fact));
      outcomes.push(outcomeNumber(fact.outcome));
      signs.push(fact.sign);
      aliases.push(fact.kind === 'node' ? null : fact.alias);
      table.endRow();
    },
  };
}
