import type { RootCauseService } from '@fluoroscope/api';
import { toServiceId } from '../service-graph/services.ts';
import { serviceOf, type CauseEntity, type CauseSegment } from './cause-tree.ts';
import { PATH_ENTITIES_MAX } from './limits.ts';

/** From the entry point down; each entity with the segment it belongs to. */
export type CausePath = readonly PathStep[];

export interface PathStep {
  readonly entity: CauseEntity;
  readonly segment: CauseSegment;
}

/** The way from the entry to an entity below it; of a long one the two ends. */
export function pathTo(last: CauseEntity, entry: CauseSegment): CausePath {
  const entities: CauseEntity[] = [];
  for (let at: CauseEntity | null = last; at !== null && at !== entry; at = at.parent) entities.push(at);
  const path: PathStep[] = [{ entity: entry, segment: entry }];
  let segment = entry;
  for (const entity of entities.toReversed()) {
    if (entity.kind === 'segment') segment = entity;
    path.push({ entity, segment });
  }
  if (path.length <= PATH_ENTITIES_MAX) return path;
  const half = PATH_ENTITIES_MAX / 2;
  return [...path.slice(0, half), ...path.slice(-half)];
}

/** Steps of one segment together. Grafana needs a `Type` that is text. */
export function toCauseServices<Entity>(
  path: CausePath,
  toEntity: (entity: CauseEntity) => Entity,
): RootCauseService<Entity>[] {
  const services: RootCauseService<Entity>[] = [];
  let entities: Entity[] = [];
  let before: CauseSegment | null = null;
  for (const { entity, segment } of path) {
    if (segment !== before) {
      entities = [];
      const key = serviceOf(segment);
      services.push({
        ...toServiceId(key),
        Type: key.type ?? '',
        EntityPath: entities,
        Inferred: segment.document.inferred === true,
      });
      before = segment;
    }
    entities.push(toEntity(entity));
  }
  return services;
}

/** A call that leaves the service other than through an AWS SDK. */
export function isRemote(entity: CauseEntity): boolean {
  return entity.kind === 'subsegment' && entity.document.namespace === 'remote';
}
