import { TRACE_FIELDS, type FieldValue, type TraceField, type TraceSummary } from '@fluoroscope/api';
import { printServiceKey, type ServiceKey } from '@fluoroscope/model';
import { completeSummaries } from '@fluoroscope/query';
import type { TraceRow } from '@fluoroscope/store';
import type { StoreReader } from '../storage/storage.ts';
import { CAUSE_KIND, type CauseField, causesIn, keyOfCause, printCause } from './trace-causes.ts';
import { annotationFilter, causeFilter, numberFilter, serviceFilter, textFilter } from './value-filter.ts';

/** One value that a trace has of a field; `key` tells it from all others of the field. */
export interface KeyedValue {
  readonly key: string;
  readonly value: () => FieldValue;
}

export type RowField = Exclude<TraceField, CauseField>;

const ANNOTATION = 'annotation.';

/** Null: there is no such field. */
export function readTraceField(name: string): TraceField | null {
  const known = TRACE_FIELDS.find((field) => field === name);
  if (known !== undefined) return known;
  return isAnnotationField(name) && name.length > ANNOTATION.length ? name : null;
}

export function isCauseField(field: TraceField): field is CauseField {
  return field === 'cause.fault' || field === 'cause.error' || field === 'cause.responsetime';
}

function isAnnotationField(field: string): field is `annotation.${string}` {
  return field.startsWith(ANNOTATION);
}

/** The values of a field that a trace has, each once. Without any: that it has none, where that can be said. */
export function valuesOf(row: TraceRow, field: RowField): readonly KeyedValue[] {
  if (isAnnotationField(field)) return annotationValues(row, field.slice(ANNOTATION.length));
  switch (field) {
    case 'url':
      return [textValue('http.url', row.httpUrl)];
    case 'method':
      return [textValue('http.method', row.httpMethod)];
    case 'status':
      return [numberValue('http.status', row.httpStatus)];
    case 'client':
      return [textValue('http.clientip', row.clientIp)];
    case 'agent':
      return [textValue('http.useragent', row.userAgent)];
    case 'user':
      return textValues(
        'user',
        row.users.map(({ name }) => name),
      );
    case 'zone':
      return textValues('availabilityzone', row.availabilityZones);
    case 'instance':
      return textValues('instance.id', row.instanceIds);
    case 'resource':
      return textValues('resource.arn', row.resourceArns);
    case 'service':
      return row.services.map((service) => serviceValue(service));
    case 'entry': {
      const entry = row.entryPoint === null ? undefined : row.services[row.entryPoint];
      return entry === undefined ? [noValue(null)] : [serviceValue(entry, 'root = true')];
    }
    case 'outcome':
      return outcomesOf(row).map((flag) => ({ key: flag, value: () => ({ text: flag, filter: flag }) }));
    default:
      return field satisfies never;
  }
}

/** Root causes of each trace: kept in its row, or found in its documents. */
export async function causesOf(
  rows: readonly TraceRow[],
  store: Pick<StoreReader, 'readDocuments'>,
): Promise<readonly ((field: CauseField) => readonly KeyedValue[])[]> {
  const readDocuments = store.readDocuments.bind(store);
  const summaries = await completeSummaries(rows, { readDocuments, activeFromUs: null });
  return summaries.map((summary) => (field) => causeValues(summary, field));
}

function causeValues(summary: TraceSummary, field: CauseField): readonly KeyedValue[] {
  const causes = causesIn(summary, field);
  if (causes.length === 0) return [noValue(`!rootcause.${CAUSE_KIND[field]}.service`)];
  const values = causes.map((cause): KeyedValue => {
    const text = printCause(cause);
    return {
      key: keyOfCause(cause),
      value: () => ({ text, filter: causeFilter(CAUSE_KIND[field], cause) }),
    };
  });
  return once(values);
}

function outcomesOf(row: TraceRow): readonly string[] {
  const flags = (['fault', 'error', 'throttle', 'partial'] as const).filter((flag) => row[flag]);
  return flags.length === 0 ? ['ok'] : flags;
}

function annotationValues(row: TraceRow, key: string): readonly KeyedValue[] {
  const values = row.annotations
    .filter((annotation) => annotation.key === key)
    .map(({ value }): KeyedValue => ({
      key: `${typeof value} ${value}`,
      value: () => ({ text: String(value), filter: annotationFilter(key, value) }),
    }));
  return values.length === 0 ? [noValue(annotationFilter(key, null))] : once(values);
}

function textValues(keyword: string, texts: readonly string[]): readonly KeyedValue[] {
  return texts.length === 0 ? [textValue(keyword, null)] : once(texts.map((text) => textValue(keyword, text)));
}

function textValue(keyword: string, text: string | null): KeyedValue {
  if (text === null) return noValue(textFilter(keyword, null));
  return { key: `= ${text}`, value: () => ({ text, filter: textFilter(keyword, text) }) };
}

function numberValue(keyword: string, value: number | null): KeyedValue {
  const text = value === null ? null : String(value);
  return { key: text ?? '', value: () => ({ text, filter: numberFilter(keyword, value) }) };
}

function serviceValue(service: ServiceKey, body = ''): KeyedValue {
  const { name, type } = service;
  return {
    key: printServiceKey(service),
    value: () => ({ text: name, ...(type !== null && { type }), filter: serviceFilter(service, body) }),
  };
}

function noValue(filter: string | null): KeyedValue {
  return { key: '', value: () => ({ text: null, filter }) };
}

function once(values: readonly KeyedValue[]): readonly KeyedValue[] {
  return values.length < 2 ? values : [...new Map(values.map((value) => [value.key, value])).values()];
}
