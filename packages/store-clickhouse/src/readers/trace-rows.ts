import { timeUs, type AnnotationValue, type ServiceKey, type TraceId } from '@fluoroscope/model';
import { StoreError, type TraceAnnotation, type TraceRow, type TraceUser } from '@fluoroscope/store';
import type { Reader, Row } from '../connection.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHex, traceIdOfHex } from '../trace-key.ts';
import { inChunks } from './in-chunks.ts';
import { toFlag, toList, toNumber, toNumberOrNull, toText, toTextOrNull } from './values.ts';

export async function readRowsById(reader: Reader, ids: readonly TraceId[]): Promise<readonly TraceRow[]> {
  const minutesSql = readQuery('trace-minutes');
  return inChunks(ids, async (chunk) => {
    const minutes = await reader.query(minutesSql, { ids: chunk.map(traceIdHex) });
    if (minutes.length === 0) return [];
    return readRowsAt(
      reader,
      chunk,
      minutes.map(([minute]) => toNumber(minute)),
    );
  });
}

/** Of traces that start in these minutes. */
export async function readRowsAt(
  reader: Reader,
  ids: readonly TraceId[],
  minutes: readonly number[],
): Promise<readonly TraceRow[]> {
  const values = { ids: ids.map(traceIdHex), minutes: [...new Set(minutes)] };
  const rows = await reader.query(readQuery('trace-rows'), values);
  return rows.map(toTraceRow);
}

// In the order of sql/queries/trace-rows.sql.
function toTraceRow(row: Row): TraceRow {
  const [id, revision, startUs, endUs, responseTimeUs, fault, error, throttle, partial, inferred, ...rest] = row;
  const [httpMethod, httpUrl, httpStatus, userAgent, clientIp, entryPoint, names, types, accounts, ...lists] = rest;
  const [keys, kinds, texts, numbers, annotated, userNames, usedBy, arns, instances, zones, updatedUs, ...counted] =
    lists;
  const [entities, outcomes, shape, coverages] = counted;
  return {
    traceId: traceIdOfHex(toText(id)),
    revision: toNumber(revision),
    startUs: timeUs(toNumber(startUs)),
    endUs: timeUs(toNumber(endUs)),
    responseTimeUs: toNumberOrNull(responseTimeUs),
    fault: toFlag(fault),
    error: toFlag(error),
    throttle: toFlag(throttle),
    partial: toFlag(partial),
    inferred: toFlag(inferred),
    httpMethod: toTextOrNull(httpMethod),
    httpUrl: toTextOrNull(httpUrl),
    httpStatus: toNumberOrNull(httpStatus),
    userAgent: toTextOrNull(userAgent),
    clientIp: toTextOrNull(clientIp),
    entryPoint: toNumberOrNull(entryPoint),
    services: toServices(names, types, accounts),
    annotations: toAnnotations(keys, kinds, texts, numbers, annotated),
    users: toUsers(userNames, usedBy),
    resourceArns: toList(arns, toText),
    instanceIds: toList(instances, toText),
    availabilityZones: toList(zones, toText),
    updatedUs: timeUs(toNumber(updatedUs)),
    entityCount: toNumber(entities),
    outcomes: toList(outcomes, toNumber),
    causes: shape === null ? null : { shape: toText(shape), coverages: toList(coverages, toNumber) },
  };
}

function toServices(names: unknown, types: unknown, accounts: unknown): ServiceKey[] {
  const typeOf = toList(types, toTextOrNull);
  const accountOf = toList(accounts, toTextOrNull);
  return toList(names, toText).map((name, at) => ({
    name,
    type: typeOf[at] ?? null,
    accountId: accountOf[at] ?? null,
  }));
}

function toAnnotations(
  keys: unknown,
  kinds: unknown,
  texts: unknown,
  numbers: unknown,
  services: unknown,
): TraceAnnotation[] {
  const kindOf = toList(kinds, toText);
  const textOf = toList(texts, toText);
  const numberOf = toList(numbers, toNumber);
  const servicesOf = toList(services, toIndexes);
  return toList(keys, toText).map((key, at) => ({
    key,
    value: toValue(kindOf[at], textOf[at], numberOf[at]),
    services: servicesOf[at] ?? [],
  }));
}

function toValue(kind: string | undefined, text: string | undefined, number: number | undefined): AnnotationValue {
  if (kind === 'text' && text !== undefined) return text;
  if (kind === 'number' && number !== undefined) return number;
  if (kind === 'flag') return number === 1;
  throw new StoreError('corrupt', `a stored annotation is of the kind "${kind}"`);
}

function toUsers(names: unknown, services: unknown): TraceUser[] {
  const servicesOf = toList(services, toIndexes);
  return toList(names, toText).map((name, at) => ({ name, services: servicesOf[at] ?? [] }));
}

function toIndexes(value: unknown): number[] {
  return toList(value, toNumber);
}
