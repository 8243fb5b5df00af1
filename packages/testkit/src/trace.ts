import {
  parseSegmentId,
  parseTraceId,
  type IndependentSubsegmentDocument,
  type SegmentDocument,
  type SegmentId,
  type SubsegmentDocument,
  type TraceDocument,
  type TraceId,
} from '@fluoroscope/model';
import { readLine, type DrawingLine } from './drawing-line.ts';
import { awsOf, causeOf, flagsOf, httpOf, isAwsCall, sqlOf } from './drawn-fields.ts';
import { hexOf } from './hex-of.ts';

/** A trace read from a drawing (README.md has the language). */
export interface DrawnTrace {
  readonly traceId: TraceId;
  /** Seconds since 1970: 0 ms of the drawing. */
  readonly startTime: number;
  /** Segments, and subsegments marked `alone`, in the order drawn. */
  readonly documents: readonly TraceDocument[];
  /** By `as=LABEL` or by name, which must then be unique; throws for one that is not drawn. */
  readonly id: (label: string) => SegmentId;
  /** The one document with that label; throws for an embedded subsegment. */
  readonly document: (label: string) => TraceDocument;
}

/** When drawings start that have no `start` line. */
export const DRAWING_START_SECONDS = 1_727_004_672;

interface Item {
  readonly line: DrawingLine;
  readonly id: SegmentId;
  readonly parent: Item | null;
  readonly children: Item[];
}

export function trace(strings: TemplateStringsArray, ...values: readonly (string | number)[]): DrawnTrace {
  const text = strings.map((part, index) => part + String(values[index] ?? '')).join('');
  let traceId = idOfTrace(`1-${hexOf(text, 8)}-${hexOf(text, 24)}`);
  let startTime = DRAWING_START_SECONDS;
  const items: Item[] = [];
  const open: Item[] = [];
  for (const line of text.split('\n')) {
    const [directive, argument = ''] = line.trim().split(/\s+/);
    if (directive === undefined || directive === '' || directive.startsWith('#')) continue;
    if (directive === 'trace') traceId = idOfTrace(argument);
    else if (directive === 'start') startTime = Number(argument);
    else items.push(placeLine(readLine(line), open));
  }

  const labels = nameItems(items);
  const documents = new Map<Item, TraceDocument>();
  for (const item of items) {
    const document = documentOf(item, traceId, startTime);
    if (document !== null) documents.set(item, document);
  }
  return {
    traceId,
    startTime,
    documents: [...documents.values()],
    id: (label) => find(labels, label).id,
    document: (label) => find(documents, find(labels, label)),
  };
}

/** `open` holds the lines that this one may belong below, outermost first. */
function placeLine(line: DrawingLine, open: Item[]): Item {
  for (let above = open.at(-1); above !== undefined && above.line.indent >= line.indent; above = open.at(-1))
    open.pop();
  const parent = open.at(-1) ?? null;
  const given = line.settings.get('id');
  const label = labelOf(line);
  const id = idOfSegment(given ?? hexOf(label, 16));
  const item = { line, id, parent, children: [] };
  parent?.children.push(item);
  open.push(item);
  return item;
}

function nameItems(items: readonly Item[]): ReadonlyMap<string, Item> {
  const labels = new Map<string, Item>();
  for (const item of items) {
    const label = labelOf(item.line);
    if (labels.has(label)) throw new Error(`drawn twice: ${label}; give one of them as=LABEL`);
    labels.set(label, item);
  }
  return labels;
}

function labelOf(line: DrawingLine): string {
  return line.settings.get('as') ?? line.name;
}

/** Null for what is embedded in another document. */
function documentOf(item: Item, traceId: TraceId, startTime: number): TraceDocument | null {
  const { line } = item;
  const parentText = line.settings.get('parent');
  const parentId = parentText === undefined ? item.parent?.id : idOfSegment(parentText);
  if (line.kind === 'segment') {
    const { namespace: _none, ...entity } = entityOf(item, startTime);
    const origin = line.settings.get('type');
    const user = line.settings.get('user');
    const segment: SegmentDocument = {
      ...entity,
      trace_id: traceId,
      ...(parentId !== undefined && { parent_id: parentId }),
      ...(origin !== undefined && { origin }),
      ...(user !== undefined && { user }),
    };
    return segment;
  }
  if (!isAlone(item)) return null;
  if (parentId === undefined) throw new Error(`a subsegment alone needs a parent: ${line.name}`);
  const subsegment: IndependentSubsegmentDocument = {
    ...entityOf(item, startTime),
    trace_id: traceId,
    type: 'subsegment',
    parent_id: parentId,
  };
  return subsegment;
}

function isAlone({ line, parent }: Item): boolean {
  return line.flags.has('alone') || parent === null;
}

function entityOf(item: Item, startTime: number): SubsegmentDocument {
  const { line, id } = item;
  const embedded = item.children.filter((child) => child.line.kind !== 'segment' && !isAlone(child));
  const aws = awsOf(line);
  const http = httpOf(line);
  const cause = causeOf(line, id);
  const sql = sqlOf(line);
  return {
    id,
    name: line.name,
    start_time: secondsAt(startTime, line.startMs),
    ...(line.endMs === null ? { in_progress: true } : { end_time: secondsAt(startTime, line.endMs) }),
    ...(line.kind === 'call' && { namespace: isAwsCall(line) ? 'aws' : 'remote' }),
    ...(line.flags.has('traced') && { traced: true }),
    ...(http !== null && { http }),
    ...(aws !== null && { aws }),
    ...(sql !== null && { sql }),
    ...flagsOf(line),
    ...(cause !== null && { cause }),
    ...(Object.keys(line.annotations).length > 0 && { annotations: line.annotations }),
    ...(embedded.length > 0 && { subsegments: embedded.map((child) => entityOf(child, startTime)) }),
  };
}

/** To the microsecond, so that sums of drawn times are what they look like. */
function secondsAt(startTime: number, ms: number): number {
  return Math.round(startTime * 1e6 + ms * 1e3) / 1e6;
}

function idOfTrace(text: string): TraceId {
  const id = parseTraceId(text);
  if (!id.ok) throw new Error(`a drawing's trace id is ${id.problem}: ${text}`);
  return id.value;
}

function idOfSegment(text: string): SegmentId {
  const id = parseSegmentId(text);
  if (!id.ok) throw new Error(`a drawing's id is ${id.problem}: ${text}`);
  return id.value;
}

function find<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`not drawn, or not on its own: ${String(key)}`);
  return value;
}
