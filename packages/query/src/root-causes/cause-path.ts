import type { ServiceKey } from '@fluoroscope/model';
import { isSegment, type CauseEntity } from './cause-tree.ts';
import { PATH_ENTITIES_MAX } from './limits.ts';

/** From the entry point down. */
export type CausePath = readonly CauseEntity[];

/** What a cause says of one service on its way. */
export interface CauseService<Entity> {
  readonly key: ServiceKey;
  readonly inferred: boolean;
  readonly entities: readonly Entity[];
}

/** Entities of one segment together; of a long way the two ends. */
export function toCauseServices<Entity>(
  path: CausePath,
  toEntity: (entity: CauseEntity) => Entity,
): CauseService<Entity>[] {
  const services: CauseService<Entity>[] = [];
  const half = PATH_ENTITIES_MAX / 2;
  const leftOut = path.length > PATH_ENTITIES_MAX ? path.length - half : half;
  let segment: CauseEntity | null = null;
  let shown: CauseEntity | null = null;
  let entities: Entity[] = [];
  for (let at = 0; at < path.length; at += 1) {
    const entity = path[at];
    if (entity === undefined) continue;
    if (isSegment(entity)) segment = entity;
    if (at >= half && at < leftOut) continue;
    if (segment !== shown && segment !== null && segment.service !== null) {
      entities = [];
      services.push({ key: segment.service.key, inferred: segment.kind === 'inferred', entities });
      shown = segment;
    }
    entities.push(toEntity(entity));
  }
  return services;
}
