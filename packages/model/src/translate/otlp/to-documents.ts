// Hot path: runs once per span. Documents are printed as text, and what all spans of a resource share is printed
// once. to-documents.bench.ts
import { LINKS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import { cleanName } from '../../clean-entity.ts';
import { cutText } from '../../clean-json.ts';
import { isPlain, printPlain } from './attribute-json.ts';
import { printAttributes, printResourceAnnotations, type DerivedParts, type IndexedAttributes } from './annotations.ts';
import { familiesOf } from './attribute-key.ts';
import { originOf, printAws, printAwsResource, type AwsResource } from './aws.ts';
import { printCause } from './cause.ts';
import { httpStatusOf, printHttp } from './http.ts';
import { braces, brackets, flat, keyed, member, quote } from './json-text.ts';
import {
  counted,
  filled,
  printEvents,
  printGroup,
  printMetadata,
  printOtlpLinks,
  printTime,
  type GroupTexts,
} from './metadata.ts';
import {
  addHopAnnotations,
  nameOfHop,
  printHopAnnotations,
  printMeshCause,
  printMeshFlags,
  readOtlpHop,
  type OtlpHop,
} from './mesh.ts';
import { nameOf } from './name.ts';
import { printSql } from './sql.ts';
import type { PrintedDocument, PrintedHead } from '../../sent-document.ts';
import type { TraceId } from '../../trace-id.ts';
import { SPAN_KIND, STATUS_CODE, type OtlpLink, type OtlpSpan, type OtlpSpanGroup, type WireSpan } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

export interface ToDocumentsOptions {
  readonly indexed: IndexedAttributes;
  /** Each document has its span beside it, for who may send it on as it came. */
  readonly keepsSpans?: boolean;
}

/** What all spans of a group share. */
interface Group {
  readonly group: OtlpSpanGroup;
  readonly resourceFields: Fields;
  readonly texts: GroupTexts;
  readonly aws: AwsResource;
  readonly annotations: Readonly<DerivedParts>;
  /** Members that only segments have. */
  readonly segmentMembers: string;
}

/**
 * The X-Ray documents of these spans as JSON, one a span (two for a local root that calls out), in their order
 * (XRAY-SPEC §11.1). `parseDocument` takes each as it is, but for what is too large or too old. `toOtlpGroups` gives
 * the spans back.
 */
export function toDocumentTexts(groups: readonly OtlpSpanGroup[], options: ToDocumentsOptions): string[] {
  return toPrintedDocuments(groups, options).map(({ text }) => text);
}

/** The same with what `acceptSent` looks at. Ids must be usable: 32 and 16 lower-case hex digits, not all 0; a parent's or none. */
export function toPrintedDocuments(groups: readonly OtlpSpanGroup[], options: ToDocumentsOptions): PrintedDocument[] {
  const printed: PrintedDocument[] = [];
  for (const group of groups) {
    const resourceFields = new Fields(group.resource.attributes);
    const shared: Group = {
      group,
      resourceFields,
      texts: printGroup(group.resource, resourceFields, group.scope),
      aws: printAwsResource(resourceFields),
      annotations: printResourceAnnotations(group.resource, options.indexed),
      segmentMembers: printSegmentMembers(resourceFields),
    };
    for (const span of group.spans) {
      const first = printed.length;
      addDocuments(printed, span, shared, options);
      if (options.keepsSpans === true) keepSpan(printed, first, shared, span);
    }
  }
  return printed;
}

/** The first document is the span's own. */
function keepSpan(printed: PrintedDocument[], first: number, { group }: Group, span: OtlpSpan): void {
  const { resource, scope } = group;
  for (let at = first; at < printed.length; at += 1) {
    const document = printed[at];
    if (document === undefined) continue;
    const sentSpan = at === first ? { resource, scope, span: sentAs(span, document.text) } : null;
    printed[at] = { ...document, sentSpan };
  }
}

/** Bytes that were no UTF-8 are not sent on: who reads strictly would refuse all spans that go with them. */
function sentAs(span: OtlpSpan, text: string): OtlpSpan | WireSpan {
  return span.wire === undefined || text.includes('\ufffd') ? span : { wire: span.wire };
}

function printSegmentMembers(resource: Fields): string {
  const origin = originOf(resource);
  const version = resource.text('service.version', 'container.image.tag');
  return (
    member('origin', origin === undefined ? undefined : quote(origin)) +
    member('service', version === undefined ? undefined : braces(member('version', quote(version))))
  );
}

function addDocuments(printed: PrintedDocument[], span: OtlpSpan, group: Group, options: ToDocumentsOptions): void {
  const fields = new Fields(span.attributes);
  const hop = readOtlpHop(span, fields, group.resourceFields);
  if (hop !== null) {
    addHopDocuments(printed, sourceOf(span, fields, group, hop.role === 'segment'), group, options, hop);
    return;
  }
  const isLocalRoot = !fields.lacks(WITH_AWS) && fields.text('aws.span.kind') === 'LOCAL_ROOT';
  const isOwn = span.kind === SPAN_KIND.server || span.kind === SPAN_KIND.consumer;
  if (isLocalRoot && span.kind > SPAN_KIND.server) {
    const serviceId = serviceIdOf(span.spanId);
    printed.push(
      printSpan(sourceOf(span, fields, group, false), group, options, serviceId, true, null),
      printLocalService(sourceOf(span, fields, group, true), group, serviceId),
    );
    return;
  }
  const isSegment = isOwn || isLocalRoot || span.parentSpanId === '';
  printed.push(
    printSpan(sourceOf(span, fields, group, isSegment), group, options, span.parentSpanId, isLocalRoot, null),
  );
}

/** A proxy's span is placed by what the proxy did. */
function addHopDocuments(
  printed: PrintedDocument[],
  source: SpanSource,
  group: Group,
  options: ToDocumentsOptions,
  hop: OtlpHop,
): void {
  const { span } = source;
  if (hop.role === 'service-and-call') {
    const serviceId = serviceIdOf(span.spanId);
    printed.push(
      printSpan(source, group, options, serviceId, true, hop),
      printProxyService({ ...source, isSegment: true }, group, serviceId, hop),
    );
  } else printed.push(printSpan(source, group, options, span.parentSpanId, false, hop));
  if (hop.hop.isTurnedBack) printed.push(printProxyPeer(source, hop));
}

const WITH_AWS = familiesOf('aws');
const WITH_USER = familiesOf('enduser');
const WITH_SIDE = familiesOf('mesh');

function printUser(fields: Fields): string {
  const user = fields.lacks(WITH_USER) ? undefined : fields.text('enduser.id');
  return user === undefined ? '' : filled('user', cutText(user, TEXT_CHARS_MAX));
}

function sourceOf(span: OtlpSpan, fields: Fields, { group, resourceFields }: Group, isSegment: boolean): SpanSource {
  return { span, fields, resource: group.resource, resourceFields, isSegment };
}

function printSpan(
  source: SpanSource,
  group: Group,
  options: ToDocumentsOptions,
  parentId: string,
  isLocalRoot: boolean,
  hop: OtlpHop | null,
): PrintedDocument {
  const { span, fields, isSegment } = source;
  const { name, namespace } = hop === null ? nameOf(source, isLocalRoot) : nameOfHop(hop);
  const isSplit = isLocalRoot && !isSegment;
  const isCall = isSplit || (!isSegment && namespace !== undefined);
  const parts = printAttributes(source, options.indexed, group.annotations);
  if (hop !== null) addHopAnnotations(parts, hop, fields);
  const links = isSplit && span.kind === SPAN_KIND.consumer ? NO_LINKS : span.links;
  const metadata = printMetadata(source, group.texts, parts, printOwn(span, name, isSplit, links));
  const mayBeProxys = hop !== null || (!fields.lacks(WITH_SIDE) && fields.get(SIDE_KEY) !== undefined);
  const head = headOf(span, name, isSegment, mayBeProxys);
  const text = `{${
    printHead(head, span, span.spanId) +
    (isSegment ? '' : '"type":"subsegment",') +
    filled('parent_id', parentId) +
    (isCall ? filled('namespace', namespace ?? 'remote') : '') +
    (isSegment ? group.segmentMembers : '') +
    (isSegment ? printUser(fields) : '') +
    (hop === null ? printFlags(source) : printHopFlags(source, hop)) +
    member('cause', hop === null ? printCause(source) : printHopCause(source, hop)) +
    member('http', printHttp(source)) +
    member('aws', printAws(source, group.aws)) +
    member('sql', printSql(source)) +
    member('links', printLinks(links)) +
    (parts.annotations === '' ? '' : `"annotations":{${parts.annotations}},`)
  }"metadata":${metadata}}`;
  return { text: flat(text), head };
}

/** By this annotation a proxy's document is known. */
const SIDE_KEY = 'mesh.side';

const NO_LINKS: readonly OtlpLink[] = [];

/** The segment around a local root's call: it stands for the service and for no span. */
function printLocalService(source: SpanSource, group: Group, id: string): PrintedDocument {
  const { span, fields, resourceFields } = source;
  const name =
    cleanName(fields.text('aws.local.service') ?? resourceFields.text('service.name') ?? span.name) ?? 'span';
  const links = span.kind === SPAN_KIND.consumer ? printLinks(span.links) : '';
  const head = headOf(span, name, true, false);
  const text = braces(
    printHead(head, span, id) +
      filled('parent_id', span.parentSpanId) +
      group.segmentMembers +
      printUser(fields) +
      printFlags(source) +
      member('aws', braces(group.aws.members)) +
      member('links', links) +
      `"metadata":{"otlp":{"service_of":"${span.spanId}"}},`,
  );
  return { text, head };
}

/** The segment around a call of a proxy that has no span for its service: of a gateway, or of a pod that calls first. */
function printProxyService(source: SpanSource, group: Group, id: string, hop: OtlpHop): PrintedDocument {
  const { span } = source;
  const head = headOf(span, nameOfHop({ ...hop, role: 'segment' }).name, true, true);
  const text = braces(
    printHead(head, span, id) +
      filled('parent_id', span.parentSpanId) +
      group.segmentMembers +
      printHopFlags(source, hop) +
      member('http', printHttp(source)) +
      `"annotations":{${printHopAnnotations(hop)}},` +
      `"metadata":{"otlp":{"service_of":"${span.spanId}"}},`,
  );
  return { text, head };
}

/** The service of a mesh that a call was for and never came to: the call would make it a host outside. */
function printProxyPeer(source: SpanSource, hop: OtlpHop): PrintedDocument {
  const { span } = source;
  const head = headOf(span, nameOfHop(hop).name, true, true);
  const text = braces(
    printHead(head, span, derivedId(span.spanId, 0x3c3c)) +
      filled('parent_id', span.spanId) +
      printHopFlags(source, hop) +
      member('http', printHttp(source)) +
      `"metadata":{"otlp":{"service_of":"${span.spanId}"}},`,
  );
  return { text, head };
}

function serviceIdOf(spanId: string): string {
  return derivedId(spanId, 0x5a5a);
}

/** Retries must replace it, so it follows from the span's id. Never all zeros, which would be no id: such a span's own is turned around. */
function derivedId(spanId: string, salt: number): string {
  const first = Number.parseInt(spanId.slice(0, 4), 16) ^ salt;
  const last = Number.parseInt(spanId.slice(12), 16) ^ (salt ^ 0xffff);
  const id = first.toString(16).padStart(4, '0') + spanId.slice(4, 12) + last.toString(16).padStart(4, '0');
  return NO_ID.test(id) ? spanId.slice(8) + spanId.slice(0, 8) : id;
}

const NO_ID = /^0+$/;

function headOf(span: OtlpSpan, name: string, isSegment: boolean, mayBeProxys: boolean): PrintedHead {
  const { traceId, start, end } = span;
  const isOpen = end.us === 0 && end.ns === 0;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- 32 hex digits, which receivers check
    trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}` as TraceId,
    name,
    type: isSegment ? undefined : 'subsegment',
    start_time: start.us / 1e6,
    end_time: isOpen ? undefined : Math.max(start.us, end.us) / 1e6,
    mayBeProxys,
  };
}

/** Ids, name and times. */
function printHead(head: PrintedHead, { start, end }: OtlpSpan, id: string): string {
  const startText = printSeconds(start.us);
  const endText =
    head.end_time === undefined
      ? '"in_progress":true'
      : `"end_time":${end.us < start.us ? startText : printSeconds(end.us)}`;
  return `"id":"${id}","trace_id":"${head.trace_id}","name":${quote(head.name)},"start_time":${startText},${endText},`;
}

function printSeconds(us: number): string {
  const seconds = Math.floor(us / 1e6);
  return `${seconds}.${String(us - seconds * 1e6).padStart(6, '0')}`;
}

/** From here on seconds in a double do not tell one microsecond from the next: the year 2106. */
const EXACT_US_MAX = 2 ** 32 * 1e6;

/** The end of a longer span may lie in the future, where `parseDocument` brings it nearer. */
const LONG_US_MIN = 3_600e6;

/** The HTTP status decides, else the span's; 2xx and 3xx with a failed span are faults. */
function printFlags({ span, fields }: SpanSource): string {
  const status = httpStatusOf(fields);
  if (status !== undefined && status >= 400 && status < 500) {
    return status === 429 ? '"error":true,"throttle":true,' : '"error":true,';
  }
  const isFault = (status !== undefined && status >= 500 && status < 600) || span.status.code === STATUS_CODE.error;
  return isFault ? '"fault":true,' : '';
}

/** As the mesh tells, else as the span's status does. */
function printHopFlags(source: SpanSource, hop: OtlpHop): string {
  return printMeshFlags(hop) || printFlags(source);
}

function printHopCause(source: SpanSource, hop: OtlpHop): string {
  return printMeshCause(hop) || printCause(source);
}

/** X-Ray's own `links`: of the first 20 that have a usable id. */
function printLinks(links: readonly OtlpLink[]): string {
  if (links.length === 0) return '';
  const usable = links.filter(isXrayLink).slice(0, LINKS_MAX);
  return brackets(
    usable
      .map(({ traceId, spanId, attributes }) => {
        const unique = new Map(attributes.map((attribute) => [attribute.key, attribute]));
        const plain = [...unique.values()].map((attribute) => keyed(attribute.key, printPlain(attribute))).join('');
        return `${braces(
          `"trace_id":"1-${traceId.slice(0, 8)}-${traceId.slice(8)}","id":"${spanId}",${member('attributes', braces(plain))}`,
        )},`;
      })
      .join(''),
  );
}

function isXrayLink({ traceId, spanId }: OtlpLink): boolean {
  return traceId.length === 32 && spanId.length === 16 && !/^0*$/.test(traceId) && !/^0*$/.test(spanId);
}

/** Whether X-Ray's form of a link tells all of it. */
function isWholeLink(link: OtlpLink): boolean {
  const { attributes, traceState, flags, droppedAttributesCount } = link;
  return (
    isXrayLink(link) &&
    traceState === '' &&
    flags === 0 &&
    droppedAttributesCount === 0 &&
    new Set(attributes.map(({ key }) => key)).size === attributes.length &&
    attributes.every((attribute) => isPlain(attribute))
  );
}

/** The span's own members of `metadata.otlp`. */
function printOwn(span: OtlpSpan, name: string, isSplit: boolean, printed: readonly OtlpLink[]): string {
  const { start, end, status, links } = span;
  const isOpen = end.us === 0 && end.ns === 0;
  const isExact = start.us < EXACT_US_MAX && (isOpen || (end.us >= start.us && end.us - start.us < LONG_US_MIN));
  const nanos = isExact
    ? start.ns === 0 && end.ns === 0
      ? ''
      : `"nanos":[${start.ns},${end.ns}],`
    : `"times":[${printTime(start)},${printTime(end)}],`;
  const areWhole = links === printed && links.length <= LINKS_MAX && links.every(isWholeLink);
  return (
    (span.name === name ? '' : `"name":${quote(span.name)},`) +
    (isSplit ? `"parent":"${span.parentSpanId}",` : '') +
    nanos +
    filled('trace_state', span.traceState) +
    counted('flags', span.flags) +
    (status.code === 0 && status.message === ''
      ? ''
      : `"status":{"code":${status.code},"message":${quote(status.message)}},`) +
    counted('dropped_attributes', span.droppedAttributesCount) +
    counted('dropped_events', span.droppedEventsCount) +
    counted('dropped_links', span.droppedLinksCount) +
    member('events', printEvents(span.events)) +
    (areWhole ? '' : member('links', printOtlpLinks(links)))
  );
}
