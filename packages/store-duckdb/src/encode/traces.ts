import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import type { TraceRow, TraceUser } from '@fluoroscope/store';
import { traceIdWord } from '../trace-key.ts';
import {
  booleanColumn,
  doubleColumn,
  int32Column,
  int64Column,
  listColumn,
  structColumn,
  textColumn,
  uint64Column,
  type Column,
} from './column.ts';
import { createHeadAnnotations } from './head-annotations.ts';
import { createTableWriter, type TableWriter } from './table-writer.ts';

export interface TracesWriter extends TableWriter {
  write(row: TraceRow, idOf: (service: ServiceKey) => number): void;
}

export function createTracesWriter(connection: DuckDBConnection): TracesWriter {
  const scalars = createScalarColumns();
  const services = createInt32Lists();
  const annotations = createHeadAnnotations(connection);
  const users = createUsers();
  const resourceArns = createTextLists();
  const instanceIds = createTextLists();
  const availabilityZones = createTextLists();
  const updateds = int64Column();
  const entityCounts = int64Column();
  const outcomes = createInt32Lists();
  const causeShapes = textColumn();
  const causeCoverages = createInt32Lists();
  // In the order of the table's columns.
  const table = createTableWriter(connection, 'traces', [
    ...scalars.columns,
    services.column,
    annotations.ids,
    annotations.sets,
    users.column,
    resourceArns.column,
    instanceIds.column,
    availabilityZones.column,
    updateds,
    entityCounts,
    outcomes.column,
    causeShapes,
    causeCoverages.column,
  ]);
  return {
    async begin(schema) {
      await table.begin(schema);
      await annotations.begin(schema);
    },
    endRow: () => table.endRow(),
    finish() {
      annotations.finish();
      table.finish();
    },
    abandon() {
      annotations.abandon();
      table.abandon();
    },
    write(row, idOf) {
      scalars.push(row);
      services.push(row.services.map(idOf));
      annotations.push(row.annotations);
      users.push(row.users);
      resourceArns.push(row.resourceArns);
      instanceIds.push(row.instanceIds);
      availabilityZones.push(row.availabilityZones);
      updateds.push(row.updatedUs);
      entityCounts.push(row.entityCount);
      outcomes.push(row.outcomes);
      causeShapes.push(row.causes?.shape ?? null);
      causeCoverages.push(row.causes?.coverages ?? NO_COVERAGES);
      table.endRow();
    },
  };
}

const NO_COVERAGES: readonly number[] = [];

interface RowColumns<Value> {
  readonly columns: readonly Column[];
  push(value: Value): void;
}

function createScalarColumns(): RowColumns<TraceRow> {
  const traceHi = uint64Column();
  const traceLo = uint64Column();
  const revisions = int64Column();
  const starts = int64Column();
  const ends = int64Column();
  const responseTimes = doubleColumn();
  const faults = booleanColumn();
  const errors = booleanColumn();
  const throttles = booleanColumn();
  const partials = booleanColumn();
  const inferreds = booleanColumn();
  const httpMethods = textColumn();
  const httpUrls = textColumn();
  const httpStatuses = doubleColumn();
  const userAgents = textColumn();
  const clientIps = textColumn();
  const entryPoints = int32Column();
  return {
    columns: [
      traceHi,
      traceLo,
      revisions,
      starts,
      ends,
      responseTimes,
      faults,
      errors,
      throttles,
      partials,
      inferreds,
      httpMethods,
      httpUrls,
      httpStatuses,
      userAgents,
      clientIps,
      entryPoints,
    ],
    push(row) {
      traceHi.push(traceIdWord(row.traceId, 0), traceIdWord(row.traceId, 1));
      traceLo.push(traceIdWord(row.traceId, 2), traceIdWord(row.traceId, 3));
      revisions.push(row.revision);
      starts.push(row.startUs);
      ends.push(row.endUs);
      responseTimes.push(row.responseTimeUs);
      faults.push(row.fault);
      errors.push(row.error);
      throttles.push(row.throttle);
      partials.push(row.partial);
      inferreds.push(row.inferred);
      httpMethods.push(row.httpMethod);
      httpUrls.push(row.httpUrl);
      httpStatuses.push(row.httpStatus);
      userAgents.push(row.userAgent);
      clientIps.push(row.clientIp);
      entryPoints.push(row.entryPoint);
    },
  };
}

interface ListOf<Value> {
  readonly column: Column;
  push(items: readonly Value[]): void;
}

function createUsers(): ListOf<TraceUser> {
  const name = textColumn();
  const services = createInt32Lists();
  const column = listColumn(structColumn({ name, services: services.column }));
  return {
    column,
    push(users) {
      for (const user of users) {
        name.push(user.name);
        services.push(user.services);
      }
      column.pushCount(users.length);
    },
  };
}

function createInt32Lists(): ListOf<number> {
  const items = int32Column();
  const column = listColumn(items);
  return {
    column,
    push(values) {
      for (const value of values) items.push(value);
      column.pushCount(values.length);
    },
  };
}

function createTextLists(): ListOf<string> {
  const items = textColumn();
  const column = listColumn(items);
  return {
    column,
    push(values) {
      for (const value of values) items.push(value);
      column.pushCount(values.length);
    },
  };
}
