import { timeUs, type TraceId } from '@fluoroscope/model';
import { compareAnnotations, type TraceAnnotation, type TraceRow } from '@fluoroscope/store';
import { clearColumns, takeBlock, type Columns } from '../native/block.ts';
import {
  arrayColumn,
  boolColumn,
  dateColumn,
  float64Column,
  int32Column,
  int64Column,
  int8Column,
  lowCardinalityColumn,
  lowCardinalityNullableColumn,
  nullableColumn,
  textColumn,
  traceIdColumn,
  uint32Column,
  uint64Column,
  uint8Column,
} from '../native/column.ts';
import { minuteOf, type DayRows } from './days.ts';
import { KIND_TYPE, KINDS } from './fact-codes.ts';

/** What all rows of one insert share. */
export interface BatchMark {
  readonly origin: string;
  readonly sequence: number;
  /** The batch's place among all: later ones have higher ones. */
  readonly writtenUs: number;
}

/** The place at which a trace's row stood before its start moved. */
export interface LeftPlace {
  readonly traceId: TraceId;
  readonly startMinute: number;
}

export interface TracesEncoder {
  readonly columns: Columns;
  encode(some: DayRows<TraceRow>, left: readonly LeftPlace[], mark: BatchMark): Buffer;
}

export function createTracesEncoder(): TracesEncoder {
  const columns = createColumns();
  return {
    columns,
    encode({ day, rows }, left, mark) {
      clearColumns(columns);
      for (const row of rows) pushRow(columns, row, day, mark);
      for (const { traceId, startMinute } of left) {
        pushKey(columns, traceId, startMinute, 1, day, mark);
        pushFields(columns, EMPTY_ROW);
      }
      return takeBlock(columns);
    },
  };
}

type TraceColumns = ReturnType<typeof createColumns>;

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- thirty columns, whose types stand in their makers
function createColumns() {
  return {
    arrived_day: dateColumn(),
    start_minute: int32Column(),
    trace_id: traceIdColumn(),
    written_us: int64Column(),
    deleted: uint8Column(),
    origin: lowCardinalityColumn(),
    sequence: uint64Column(),
    revision: uint32Column(),
    start_us: int64Column(),
    end_us: int64Column(),
    response_time_us: nullableColumn(float64Column(), 0),
    fault: boolColumn(),
    error: boolColumn(),
    throttle: boolColumn(),
    partial: boolColumn(),
    inferred: boolColumn(),
    http_method: lowCardinalityNullableColumn(),
    http_url: nullableColumn(textColumn(), ''),
    http_status: nullableColumn(float64Column(), 0),
    user_agent: lowCardinalityNullableColumn(),
    client_ip: nullableColumn(textColumn(), ''),
    entry_point: nullableColumn(uint32Column(), 0),
    service_names: arrayColumn(lowCardinalityColumn()),
    service_types: arrayColumn(lowCardinalityNullableColumn()),
    service_accounts: arrayColumn(lowCardinalityNullableColumn()),
    annotation_keys: arrayColumn(lowCardinalityColumn()),
    annotation_kinds: arrayColumn(int8Column(KIND_TYPE)),
    annotation_texts: arrayColumn(textColumn()),
    annotation_numbers: arrayColumn(float64Column()),
    annotation_services: arrayColumn(arrayColumn(uint32Column())),
    user_names: arrayColumn(textColumn()),
    user_services: arrayColumn(arrayColumn(uint32Column())),
    resource_arns: arrayColumn(lowCardinalityColumn()),
    instance_ids: arrayColumn(lowCardinalityColumn()),
    availability_zones: arrayColumn(lowCardinalityColumn()),
    updated_us: int64Column(),
    entity_count: uint32Column(),
    outcomes: arrayColumn(uint32Column()),
    cause_shape: lowCardinalityNullableColumn(),
    cause_coverages: arrayColumn(uint32Column()),
  };
}

function pushRow(columns: TraceColumns, row: TraceRow, day: number, mark: BatchMark): void {
  pushKey(columns, row.traceId, minuteOf(row.startUs), 0, day, mark);
  pushFields(columns, row);
}

function pushKey(
  columns: TraceColumns,
  traceId: TraceId,
  startMinute: number,
  deleted: 0 | 1,
  day: number,
  { origin, sequence, writtenUs }: BatchMark,
): void {
  columns.arrived_day.push(day);
  columns.start_minute.push(startMinute);
  columns.trace_id.push(traceId);
  columns.written_us.push(writtenUs);
  columns.deleted.push(deleted);
  columns.origin.push(origin);
  columns.sequence.push(sequence);
}

type RowFields = Omit<TraceRow, 'traceId'>;

function pushFields(columns: TraceColumns, row: RowFields): void {
  columns.revision.push(row.revision);
  columns.start_us.push(row.startUs);
  columns.end_us.push(row.endUs);
  columns.response_time_us.push(row.responseTimeUs);
  columns.fault.push(row.fault);
  columns.error.push(row.error);
  columns.throttle.push(row.throttle);
  columns.partial.push(row.partial);
  columns.inferred.push(row.inferred);
  columns.http_method.push(row.httpMethod);
  columns.http_url.push(row.httpUrl);
  columns.http_status.push(row.httpStatus);
  columns.user_agent.push(row.userAgent);
  columns.client_ip.push(row.clientIp);
  columns.entry_point.push(row.entryPoint);
  pushServices(columns, row.services);
  pushAnnotations(columns, row.annotations);
  for (const { name, services } of row.users) {
    columns.user_names.items.push(name);
    columns.user_services.items.push(services);
  }
  columns.user_names.endRow();
  columns.user_services.endRow();
  columns.resource_arns.push(row.resourceArns);
  columns.instance_ids.push(row.instanceIds);
  columns.availability_zones.push(row.availabilityZones);
  columns.updated_us.push(row.updatedUs);
  columns.entity_count.push(row.entityCount);
  columns.outcomes.push(row.outcomes);
  columns.cause_shape.push(row.causes?.shape ?? null);
  columns.cause_coverages.push(row.causes?.coverages ?? []);
}

function pushServices(columns: TraceColumns, services: TraceRow['services']): void {
  for (const { name, type, accountId } of services) {
    columns.service_names.items.push(name);
    columns.service_types.items.push(type);
    columns.service_accounts.items.push(accountId);
  }
  columns.service_names.endRow();
  columns.service_types.endRow();
  columns.service_accounts.endRow();
}

function pushAnnotations(columns: TraceColumns, annotations: readonly TraceAnnotation[]): void {
  // Lists that begin alike are stored in less.
  for (const { key, value, services } of annotations.toSorted(compareAnnotations)) {
    columns.annotation_keys.items.push(key);
    columns.annotation_kinds.items.push(kindOf(value));
    columns.annotation_texts.items.push(typeof value === 'string' ? value : '');
    columns.annotation_numbers.items.push(typeof value === 'string' ? 0 : Number(value));
    columns.annotation_services.items.push(services);
  }
  columns.annotation_keys.endRow();
  columns.annotation_kinds.endRow();
  columns.annotation_texts.endRow();
  columns.annotation_numbers.endRow();
  columns.annotation_services.endRow();
}

function kindOf(value: TraceAnnotation['value']): number {
  if (typeof value === 'string') return KINDS.text;
  return typeof value === 'number' ? KINDS.number : KINDS.flag;
}

const EMPTY_ROW: RowFields = {
  revision: 0,
  startUs: timeUs(0),
  endUs: timeUs(0),
  responseTimeUs: null,
  fault: false,
  error: false,
  throttle: false,
  partial: false,
  inferred: false,
  httpMethod: null,
  httpUrl: null,
  httpStatus: null,
  userAgent: null,
  clientIp: null,
  entryPoint: null,
  services: [],
  annotations: [],
  users: [],
  resourceArns: [],
  instanceIds: [],
  availabilityZones: [],
  updatedUs: timeUs(0),
  entityCount: 0,
  outcomes: [],
  causes: null,
};
