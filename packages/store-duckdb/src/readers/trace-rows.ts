import { LIST, UBIGINT, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { timeUs, type AnnotationValue, type ServiceKey, type TraceId } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import { readQuery } from '../sql-files.ts';
import { traceIdHi, traceIdLo, traceIdOf } from '../trace-key.ts';
import {
  bindList,
  toBigInt,
  toFields,
  toFlag,
  toList,
  toNumber,
  toNumberOrNull,
  toText,
  toTextOrNull,
} from '../values.ts';
import { readServices } from './services-by-id.ts';

export async function readRowsById(
  connection: DuckDBConnection,
  ids: readonly TraceId[],
): Promise<readonly TraceRow[]> {
  return readRows(
    connection,
    readQuery('traces-by-id'),
    [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo))],
    [LIST(UBIGINT), LIST(UBIGINT)],
  );
}

/** For a query that selects columns of `traces`. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[],
  types: DuckDBType[],
): Promise<readonly TraceRow[]> {
  const rows = (await connection.runAndReadAll(sql, values, types)).getRowObjects();
  const serviceIds = new Set(rows.flatMap((row) => toList(row['services'], toNumber)));
  const serviceOf = await readServices(connection, serviceIds);
  return rows.map((row) => decodeTraceRow(row, serviceOf));
}

function decodeTraceRow(row: Record<string, DuckDBValue>, serviceOf: (id: number) => ServiceKey): TraceRow {
  return {
    traceId: traceIdOf(toBigInt(row['trace_hi']), toBigInt(row['trace_lo'])),
    revision: toNumber(row['revision']),
    startUs: timeUs(toNumber(row['start_us'])),
    endUs: timeUs(toNumber(row['end_us'])),
    responseTimeUs: toNumberOrNull(row['response_time_us']),
    fault: toFlag(row['fault']),
    error: toFlag(row['error']),
    throttle: toFlag(row['throttle']),
    partial: toFlag(row['partial']),
    inferred: toFlag(row['inferred']),
    httpMethod: toTextOrNull(row['http_method']),
    httpUrl: toTextOrNull(row['http_url']),
    httpStatus: toNumberOrNull(row['http_status']),
    userAgent: toTextOrNull(row['user_agent']),
    clientIp: toTextOrNull(row['client_ip']),
    entryPoint: toNumberOrNull(row['entry_point']),
    services: toList(row['services'], (id) => serviceOf(toNumber(id))),
    annotations: toList(row['annotations'], decodeAnnotation),
    users: toList(row['users'], (user) => {
      const { name, services } = toFields(user);
      return { name: toText(name), services: toList(services, toNumber) };
    }),
    resourceArns: toList(row['resource_arns'], toText),
    instanceIds: toList(row['instance_ids'], toText),
    availabilityZones: toList(row['availability_zones'], toText),
    updatedUs: timeUs(toNumber(row['updated_us'])),
    entityCount: toNumber(row['entity_count']),
  };
}

function decodeAnnotation(annotation: DuckDBValue): TraceRow['annotations'][number] {
  const { key, text, number, flag, services } = toFields(annotation);
  return { key: toText(key), value: decodeValue(text, number, flag), services: toList(services, toNumber) };
}

function decodeValue(
  text: DuckDBValue | undefined,
  number: DuckDBValue | undefined,
  flag: DuckDBValue | undefined,
): AnnotationValue {
  if (typeof text === 'string') return text;
  return typeof number === 'number' ? number : toFlag(flag);
}
