import type {
  AnnotationValue,
  EntityDocument,
  Exception,
  IndependentSubsegmentDocument,
  Json,
  SegmentDocument,
  SubsegmentDocument,
  TraceDocument,
} from '../../segment-document.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { toW3cTraceId } from '../../trace-id.ts';
import { METADATA_PREFIX } from './attribute-key.ts';
import { readPlain } from './attribute-json.ts';
import { fromXrayLink, type PlacedSpan } from './read-kept.ts';
import { besideResource, readSegmentResource, type NamedValue } from './read-xray-resource.ts';
import {
  SPAN_KIND,
  STATUS_CODE,
  type OtlpAttribute,
  type OtlpEvent,
  type OtlpResource,
  type OtlpScope,
  type OtlpTime,
} from './span.ts';

const SCOPE: OtlpScope = { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' };

interface Waiting {
  readonly entity: SegmentDocument | SubsegmentDocument;
  readonly parentId: string;
  readonly isSegment: boolean;
}

export interface XraySpans {
  readonly spans: readonly PlacedSpan[];
  /** As they would have been sent alone. */
  readonly apart: readonly TraceDocument[];
}

/**
 * A document of an X-Ray SDK as spans: its own, and those of its embedded subsegments (XRAY-SPEC §11.2), but for those that are
 * something else, with what is below them.
 */
export function readXraySpans(document: TraceDocument, isElse: (entity: SubsegmentDocument) => boolean): XraySpans {
  const traceId = toW3cTraceId(document.trace_id);
  const resource = readResource(document);
  const spans: PlacedSpan[] = [];
  const apart: TraceDocument[] = [];
  const isSegment = document.type === undefined;
  const waiting: Waiting[] = [{ entity: document, parentId: document.parent_id ?? '', isSegment }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    spans.push({ resource, scope: SCOPE, span: readSpan(next, traceId) });
    for (const child of (next.entity.subsegments ?? []).toReversed()) {
      const parentId = next.entity.id;
      if (isElse(child)) apart.push(standing(child, { trace_id: document.trace_id, id: parentId }));
      else waiting.push({ entity: child, parentId, isSegment: false });
    }
  }
  return { spans, apart };
}

/** A subsegment as it would have been sent alone. */
export function standing(
  child: SubsegmentDocument,
  { trace_id, id }: Pick<TraceDocument, 'trace_id' | 'id'>,
): IndependentSubsegmentDocument {
  return { ...child, type: 'subsegment', trace_id, parent_id: id };
}

function readSpan({ entity, parentId, isSegment }: Waiting, traceId: string): PlacedSpan['span'] {
  const start = readSeconds(entity.start_time);
  const hasFailed = entity.fault === true || entity.error === true || entity.throttle === true;
  return {
    traceId,
    spanId: entity.id,
    parentSpanId: parentId,
    traceState: '',
    flags: 0,
    name: entity.name,
    kind: kindOf(entity, isSegment),
    start,
    end: entity.end_time === undefined ? NOT_YET : readSeconds(entity.end_time),
    attributes: readAttributes(entity, isSegment),
    droppedAttributesCount: 0,
    events: readExceptions(entity),
    droppedEventsCount: 0,
    links: (entity.links ?? []).map(fromXrayLink),
    droppedLinksCount: 0,
    status: {
      code: hasFailed || entity.cause !== undefined ? STATUS_CODE.error : STATUS_CODE.unset,
      message: toldElsewhere(entity.cause),
    },
  };
}

const NOT_YET: OtlpTime = { us: 0, ns: 0 };

/** The id of the exception, or of the subsegment that holds it. */
function toldElsewhere(cause: EntityDocument['cause']): string {
  return (typeof cause === 'string' ? cause : cause?.id) ?? '';
}

function kindOf(entity: Waiting['entity'], isSegment: boolean): number {
  const namespace = 'namespace' in entity ? entity.namespace : undefined;
  if (!isSegment && (namespace === 'aws' || namespace === 'remote')) return SPAN_KIND.client;
  return isSegment || entity.http?.request?.client_ip !== undefined ? SPAN_KIND.server : SPAN_KIND.internal;
}

function readSeconds(seconds: number): OtlpTime {
  return { us: timeUsFromSeconds(seconds), ns: 0 };
}

/** A subsegment that was sent alone does not say whose it is. */
function readResource(document: TraceDocument): OtlpResource {
  const attributes = document.type === undefined ? present(readSegmentResource(document)) : [];
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

function readAttributes(entity: Waiting['entity'], isSegment: boolean): readonly OtlpAttribute[] {
  const { http, sql, annotations = {} } = entity;
  const aws = isSegment && entity.aws !== undefined ? besideResource(entity.aws) : entity.aws;
  const isAws = 'namespace' in entity && entity.namespace === 'aws';
  const keys = Object.keys(annotations);
  const named: readonly NamedValue[] = [
    ['aws.service', isAws ? entity.name : undefined],
    ['http.request.method', http?.request?.method],
    ['url.full', http?.request?.url],
    ['user_agent.original', http?.request?.user_agent],
    ['client.address', http?.request?.client_ip],
    ['aws.xray.x_forwarded_for', http?.request?.x_forwarded_for],
    ['http.response.status_code', http?.response?.status],
    ['http.response.body.size', http?.response?.content_length],
    ['db.system', sql?.['database_type']],
    ['db.statement', sql?.['sanitized_query']],
    ['db.user', sql?.['user']],
    ...databaseOf(sql?.['connection_string'] ?? sql?.['url']),
    ...(aws === undefined
      ? []
      : Object.entries(aws).map(([key, value]) => [AWS_KEYS.get(key) ?? `aws.${key}`, value] as const)),
    ['aws.xray.traced', ('traced' in entity ? entity.traced : undefined) ?? http?.request?.traced],
    ['aws.xray.inprogress', entity.in_progress],
    ['enduser.id', 'user' in entity ? entity.user : undefined],
    ['aws.xray.annotations', keys.length === 0 ? undefined : keys],
    ...Object.entries(entity.metadata ?? {}).map(
      ([key, value]) => [METADATA_PREFIX + key, JSON.stringify(value)] as const,
    ),
    ...Object.entries<AnnotationValue>(annotations),
  ];
  return present(named);
}

/** `jdbc:mysql://db.example:3306/orders?ssl=true` */
function databaseOf(url: Json | undefined): NamedValue[] {
  const [, server, database] = /^(.+\/\/.+)\/([^/?]+)(?:\?.*)?$/.exec(typeof url === 'string' ? url : '') ?? [];
  return [
    ['db.connection_string', server ?? url],
    ['db.name', database],
  ];
}

/** Where the attribute is not the field with `aws.` before it. */
const AWS_KEYS: ReadonlyMap<string, string> = new Map([
  ['retries', 'aws.xray.retries'],
  ['table_names', 'aws.dynamodb.table_names'],
]);

/** Of a key that is there twice the last one counts. */
function present(pairs: readonly NamedValue[]): readonly OtlpAttribute[] {
  const byKey = new Map(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
  return Array.from(byKey, ([key, value]) => ({ key, ...readPlain(value) }));
}

function readExceptions({ cause, end_time: end, start_time: start }: EntityDocument): readonly OtlpEvent[] {
  if (cause === undefined || typeof cause === 'string') return [];
  return (cause.exceptions ?? []).map((exception) => ({
    time: readSeconds(end ?? start),
    name: 'exception',
    attributes: present([
      ['exception.type', exception.type],
      ['exception.message', exception.message],
      ['exception.stacktrace', printStack(exception)],
      ['aws.xray.exception.id', exception.id],
      ['aws.xray.exception.remote', exception.remote],
      ['aws.xray.exception.truncated', exception.truncated],
      ['aws.xray.exception.skipped', exception.skipped],
      ['aws.xray.exception.cause', exception.cause],
    ]),
    droppedAttributesCount: 0,
  }));
}

/** As Java prints it. */
function printStack({ type, message, stack }: Exception): string | undefined {
  if (stack === undefined || stack.length === 0) return undefined;
  const head = [type, message].filter((text) => text !== undefined).join(': ');
  return [
    head,
    ...stack.map(({ label = '', path = '', line }) => `\tat ${label}(${path}${line === undefined ? '' : `:${line}`})`),
  ].join('\n');
}
