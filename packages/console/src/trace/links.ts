import { parseTraceId } from '@fluoroscope/model';
import { type Entity, objectOf, textOf } from './entity.ts';

export interface TraceLink {
  readonly traceId: string;
  /** Of the entity there; null for the trace as a whole. */
  readonly entityId: string | null;
  /** What the sender calls the link. */
  readonly kind: string | null;
}

/** Of an entity and all below it. */
export function linksBelow(top: Entity): readonly TraceLink[] {
  return [...linksOf(top), ...top.children.flatMap(linksBelow)];
}

/** Links of an entity to other traces, such as a consumer's to its producers; what is no trace id is left out. */
export function linksOf({ raw }: Entity): readonly TraceLink[] {
  const list = Array.isArray(raw['links']) ? raw['links'] : [];
  return list.flatMap((item) => {
    const link = objectOf(item);
    const id = parseTraceId(textOf(link?.['trace_id']) ?? '');
    if (!id.ok) return [];
    const kind = textOf(objectOf(link?.['attributes'])?.['aws.xray.reference_type']);
    return [{ traceId: id.value, entityId: textOf(link?.['id']) ?? null, kind: kind ?? null }];
  });
}
