import type { AnnotationValue, EntityDocument, SubsegmentDocument, TraceDocument, TraceId } from '@fluoroscope/model';
import type { Parcel } from '../../stage.ts';

/** A trace as far as it has arrived: what policies look at. */
export interface GatheredTrace {
  readonly id: TraceId;
  readonly parcels: readonly Parcel[];
}

/** Segments, and subsegments on their own or embedded. */
export function* entitiesOf({ parcels }: GatheredTrace): Generator<EntityDocument> {
  const stack: (TraceDocument | SubsegmentDocument)[] = parcels.map(({ document }) => document);
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    yield entity;
    if (entity.subsegments !== undefined) stack.push(...entity.subsegments);
  }
}

/** From the first start to the last end, in milliseconds. */
export function durationMsOf({ parcels }: GatheredTrace): number {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { document } of parcels) {
    start = Math.min(start, document.start_time);
    end = Math.max(end, document.end_time ?? document.start_time);
  }
  return parcels.length === 0 ? 0 : (end - start) * 1e3;
}

/**
 * An attribute by the name that its sender knows: an annotation, or a member of `metadata.default`, where the attributes of
 * spans are that are no annotations, and those of resources under `otel.resource.`.
 */
export function attributeOf({ annotations, metadata }: EntityDocument, key: string): AnnotationValue | undefined {
  if (annotations !== undefined && Object.hasOwn(annotations, key)) return annotations[key];
  const plain = metadata?.['default'];
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return undefined;
  const found = [key, `otel.resource.${key}`].find((name) => Object.hasOwn(plain, name));
  const value: unknown = found === undefined ? undefined : Reflect.get(plain, found);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
