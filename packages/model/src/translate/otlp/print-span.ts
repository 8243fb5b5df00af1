import { printKeyValue } from './attribute-json.ts';
import { quote } from './json-text.ts';
import type { OtlpAttribute, OtlpEvent, OtlpLink, OtlpSpan, OtlpSpanGroup, OtlpTime } from './span.ts';

/**
 * A span as OTLP's JSON has it, which leaves out what has its default; `resource` and `scope`, which there are around it, are members
 * of it, so that the text says all by itself:
 *
 *   {"resource":{"attributes":[…]},"scope":{"name":…},"traceId":…,"spanId":…,"parentSpanId":…,"name":…,"kind":2,
 *    "startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":[{"key":…,"value":{"stringValue":…}}],"status":{"code":2}}
 */
export function printOtlpSpan({ resource, scope }: Omit<OtlpSpanGroup, 'spans'>, span: OtlpSpan): string {
  return object(
    ['resource', object(...attributesOf(resource), ['schemaUrl', text(resource.schemaUrl)])],
    [
      'scope',
      object(['name', text(scope.name)], ['version', text(scope.version)], ...attributesOf(scope), [
        'schemaUrl',
        text(scope.schemaUrl),
      ]),
    ],
    ['traceId', text(span.traceId)],
    ['spanId', text(span.spanId)],
    ['parentSpanId', text(span.parentSpanId)],
    ['traceState', text(span.traceState)],
    ['flags', count(span.flags)],
    ['name', text(span.name)],
    ['kind', count(span.kind)],
    ['startTimeUnixNano', time(span.start)],
    ['endTimeUnixNano', time(span.end)],
    ...attributesOf(span),
    ['events', list(span.events.map(printEvent))],
    ['droppedEventsCount', count(span.droppedEventsCount)],
    ['links', list(span.links.map(printLink))],
    ['droppedLinksCount', count(span.droppedLinksCount)],
    ['status', object(['message', text(span.status.message)], ['code', count(span.status.code)])],
  );
}

function printEvent(event: OtlpEvent): string {
  return object(['timeUnixNano', time(event.time)], ['name', text(event.name)], ...attributesOf(event));
}

function printLink(link: OtlpLink): string {
  return object(
    ['traceId', text(link.traceId)],
    ['spanId', text(link.spanId)],
    ['traceState', text(link.traceState)],
    ...attributesOf(link),
    ['flags', count(link.flags)],
  );
}

/** Its name, and its value as JSON; no value for a default. */
type Member = readonly [name: string, json: string];

function attributesOf(owner: {
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
}): readonly Member[] {
  return [
    ['attributes', list(owner.attributes.map((attribute) => printKeyValue(attribute)))],
    ['droppedAttributesCount', count(owner.droppedAttributesCount)],
  ];
}

function object(...members: readonly Member[]): string {
  const printed = members.filter(([, json]) => json !== '').map(([name, json]) => `"${name}":${json}`);
  return `{${printed.join(',')}}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `[${items.join(',')}]`;
}

function text(value: string): string {
  return value === '' ? '' : quote(value);
}

function count(value: number): string {
  return value === 0 ? '' : String(value);
}

/** Nanoseconds, as text: a double cannot hold them. */
function time({ us, ns }: OtlpTime): string {
  if (us === 0 && ns === 0) return '';
  return `"${us === 0 ? '' : us}${us === 0 ? ns : String(ns).padStart(3, '0')}"`;
}
