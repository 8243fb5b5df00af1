import type { DuckDBConnection } from '@duckdb/node-api';
import { int32Column, int64Column, listColumn, uint8Column } from '../../encode/column.ts';
import { createTableWriter, type TableWriter } from '../../encode/table-writer.ts';

/** Writers of a slice's tables of facts and rollups, each value in the order of the table's columns. */
export interface FactTables {
  begin(connection: DuckDBConnection, into: string): Promise<void>;
  readonly writeFact: (
    endUs: number,
    durationUs: number,
    traceNo: number,
    setNo: number,
    outcome: number,
    count: number,
  ) => void;
  readonly writeKeySet: (setNo: number, keyNos: readonly number[]) => void;
  readonly rollups: Readonly<Record<5 | 60, RollupTables>>;
  finish(): void;
  abandon(): void;
}

export interface RollupTables {
  readonly sums: SumsTable;
  readonly histograms: HistogramsTable;
}

interface SumsTable extends TableWriter {
  write(minute: number, keyNo: number, outcome: number, sum: Sum): void;
}

export interface Sum {
  readonly factCount: number;
  readonly durationUs: number;
  readonly startUs: number;
  readonly endUs: number;
}

interface HistogramsTable extends TableWriter {
  push(bucket: number, count: number): void;
  /** Behind the buckets of one histogram. */
  end(minute: number, keyNo: number, bucketCount: number): void;
}

/** Those not in use. The memory of a writer is never given back, so they serve again: as many as slices are built at a time. */
const idle: FactTables[] = [];

export function takeFactTables(): FactTables {
  return idle.pop() ?? createFactTables();
}

export function giveBackFactTables(tables: FactTables): void {
  idle.push(tables);
}

function createFactTables(): FactTables {
  const facts = createFacts();
  const keySets = createKeySets();
  const rollups = { 5: createRollup(5), 60: createRollup(60) };
  const tables: readonly TableWriter[] = [
    facts,
    keySets,
    ...Object.values(rollups).flatMap(({ sums, histograms }) => [sums, histograms]),
  ];
  return {
    async begin(connection, into) {
      const [catalog = '', schema = ''] = into.split('.');
      for (const table of tables) await table.begin(schema, { connection, catalog });
    },
    writeFact: facts.write,
    writeKeySet: keySets.write,
    rollups,
    finish() {
      for (const table of tables) table.finish();
    },
    abandon() {
      for (const table of tables) table.abandon();
    },
  };
}

function createFacts(): TableWriter & { readonly write: FactTables['writeFact'] } {
  const ends = int64Column();
  const durations = int64Column();
  const traceNos = int32Column();
  const setNos = int32Column();
  const outcomes = uint8Column();
  const counts = int32Column();
  const table = createTableWriter(null, 'facts', [ends, durations, traceNos, setNos, outcomes, counts]);
  return {
    ...table,
    write(endUs, durationUs, traceNo, setNo, outcome, count) {
      ends.push(endUs);
      durations.push(durationUs);
      traceNos.push(traceNo);
      setNos.push(setNo);
      outcomes.push(outcome);
      counts.push(count);
      table.endRow();
    },
  };
}

function createKeySets(): TableWriter & { readonly write: FactTables['writeKeySet'] } {
  const setNos = int32Column();
  const items = int32Column();
  const lists = listColumn(items);
  const table = createTableWriter(null, 'graph_key_sets', [setNos, lists]);
  return {
    ...table,
    write(setNo, keyNos) {
      setNos.push(setNo);
      for (const keyNo of keyNos) items.push(keyNo);
      lists.pushCount(keyNos.length);
      table.endRow();
    },
  };
}

function createRollup(minutes: 5 | 60): RollupTables {
  return { sums: createSums(`rollup_sums_${minutes}`), histograms: createHistograms(`rollup_histograms_${minutes}`) };
}

function createSums(name: string): SumsTable {
  const minutes = int32Column();
  const keyNos = int32Column();
  const outcomes = uint8Column();
  const counts = int32Column();
  const durations = int64Column();
  const starts = int64Column();
  const ends = int64Column();
  const table = createTableWriter(null, name, [minutes, keyNos, outcomes, counts, durations, starts, ends]);
  return {
    ...table,
    write(minute, keyNo, outcome, { factCount, durationUs, startUs, endUs }) {
      minutes.push(minute);
      keyNos.push(keyNo);
      outcomes.push(outcome);
      counts.push(factCount);
      durations.push(durationUs);
      starts.push(startUs);
      ends.push(endUs);
      table.endRow();
    },
  };
}

function createHistograms(name: string): HistogramsTable {
  const minutes = int32Column();
  const keyNos = int32Column();
  const buckets = int32Column();
  const bucketLists = listColumn(buckets);
  const counts = int32Column();
  const countLists = listColumn(counts);
  const table = createTableWriter(null, name, [minutes, keyNos, bucketLists, countLists]);
  return {
    ...table,
    push(bucket, count) {
      buckets.push(bucket);
      counts.push(count);
    },
    end(minute, keyNo, bucketCount) {
      minutes.push(minute);
      keyNos.push(keyNo);
      bucketLists.pushCount(bucketCount);
      countLists.pushCount(bucketCount);
      table.endRow();
    },
  };
}
