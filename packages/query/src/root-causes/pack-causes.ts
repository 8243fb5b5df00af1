// Runs once for each changed trace: ../indexer/indexer.bench.ts
import type { ServiceKey } from '@fluoroscope/model';
import { StoreError, type TraceCauses, type TraceRow } from '@fluoroscope/store';
import type { CauseService } from './cause-path.ts';
import type { ShownException } from './exceptions.ts';
import type { FailingCause, FailingEntity } from './failing-causes.ts';
import { RULES_VERSION, type FoundCauses } from './find-root-causes.ts';
import { PACKED_CAUSES_CHARS_MAX } from './limits.ts';
import type { SlowCause, SlowEntity } from './response-time-cause.ts';

/*
 * What repeats from trace to trace is the shape, JSON text; what does not are the coverages:
 *
 *   shape      [RULES_VERSION, faults, errors, slow]
 *   faults     list of [reachesClient, ...services of [name, remote, ...exceptions]]; errors likewise
 *   slow       list of services of name, or [name] when it is remote; null when there is no such cause
 *   service    [place in the row's services, inferred, ...entities]
 *   name       text; 0 for that of the service
 *   exception  [name], or [name, message]
 *   coverages  of the entities of `slow`, one after another
 *
 * Flags are 0 and 1.
 */

type Services = readonly { readonly key: ServiceKey }[];
type Packed = string | number | null | readonly Packed[];

const NONE: readonly Packed[] = [];

/** Null when it is too long for a row, or names a service that is not in the row. */
export function packCauses({ fault, error, slow }: FoundCauses, services: Services): TraceCauses | null {
  const faults = packFailing(fault, services);
  const errors = packFailing(error, services);
  const coverages: number[] = [];
  const packedSlow = slow === null ? null : packSlow(slow, services, coverages);
  if (faults === null || errors === null || (packedSlow === null && slow !== null)) return null;
  const shape = JSON.stringify([RULES_VERSION, faults, errors, packedSlow]);
  return shape.length > PACKED_CAUSES_CHARS_MAX ? null : { shape, coverages };
}

/** Nearly every trace has one: without a function made for it. */
function packSlow(slow: SlowCause, services: Services, coverages: number[]): Packed[] | null {
  const into: Packed[] = [];
  for (const { key, inferred, entities } of slow) {
    const place = placeOf(key, services);
    if (place < 0) return null;
    const packed: Packed[] = [place, inferred ? 1 : 0];
    for (const { name, remote, coverage } of entities) {
      coverages.push(coverage);
      const short = packName(name, key.name);
      packed.push(remote ? [short] : short);
    }
    into.push(packed);
  }
  return into;
}

function packFailing(causes: readonly FailingCause[], services: Services): readonly Packed[] | null {
  if (causes.length === 0) return NONE;
  const packed: Packed[] = [];
  for (const { reachesClient, services: named } of causes) {
    const cause = packServices([Number(reachesClient)], named, services);
    if (cause === null) return null;
    packed.push(cause);
  }
  return packed;
}

function packServices(
  into: Packed[],
  named: readonly CauseService<FailingEntity>[],
  services: Services,
): Packed[] | null {
  for (const { key, inferred, entities } of named) {
    const place = placeOf(key, services);
    if (place < 0) return null;
    into.push([place, Number(inferred), ...entities.map((entity) => packThrowing(entity, key.name))]);
  }
  return into;
}

function placeOf(wanted: ServiceKey, services: Services): number {
  const { name, type, accountId } = wanted;
  for (let place = 0; place < services.length; place += 1) {
    const key = services[place]?.key;
    if (key === wanted || (key?.name === name && key.type === type && key.accountId === accountId)) return place;
  }
  return -1;
}

function packThrowing({ name, remote, exceptions }: FailingEntity, ofService: string): Packed {
  return [packName(name, ofService), Number(remote), ...exceptions.map(packException)];
}

function packException({ name, message }: ShownException): Packed {
  return message === null ? [name] : [name, message];
}

function packName(name: string, ofService: string): string | 0 {
  return name === ofService ? 0 : name;
}

/** Null when the row keeps none, or those of other rules. */
export function unpackCauses({ causes, services }: Pick<TraceRow, 'causes' | 'services'>): FoundCauses | null {
  if (causes === null) return null;
  const [version, faults, errors, slow] = toList(JSON.parse(causes.shape));
  if (version !== RULES_VERSION) return null;
  const coverages = causes.coverages.values();
  const toSlow: ToEntity<SlowEntity> = (packed, nameOf) => {
    const [name, remote] = Array.isArray(packed) ? [toList(packed)[0], true] : [packed, false];
    return { name: nameOf(name), remote, coverage: toNumber(coverages.next().value) };
  };
  return {
    fault: toList(faults).map((cause) => unpackFailing(toList(cause), services)),
    error: toList(errors).map((cause) => unpackFailing(toList(cause), services)),
    slow: slow === null ? null : toList(slow).map((service) => unpackService(service, services, toSlow)),
  };
}

type ToEntity<Entity> = (packed: unknown, nameOf: (packed: unknown) => string) => Entity;

function unpackFailing([reachesClient, ...named]: readonly unknown[], services: readonly ServiceKey[]): FailingCause {
  return {
    services: named.map((service) => unpackService(service, services, unpackThrowing)),
    reachesClient: reachesClient === 1,
  };
}

function unpackService<Entity>(
  packed: unknown,
  services: readonly ServiceKey[],
  toEntity: ToEntity<Entity>,
): CauseService<Entity> {
  const [place, inferred, ...entities] = toList(packed);
  const key = services[toNumber(place)];
  if (key === undefined) throw corrupt('a service of the row', place);
  const nameOf = (name: unknown): string => (name === 0 ? key.name : toText(name));
  return { key, inferred: inferred === 1, entities: entities.map((entity) => toEntity(entity, nameOf)) };
}

const unpackThrowing: ToEntity<FailingEntity> = (packed, nameOf) => {
  const [name, remote, ...exceptions] = toList(packed);
  return { name: nameOf(name), remote: remote === 1, exceptions: exceptions.map(unpackException) };
};

function unpackException(packed: unknown): ShownException {
  const [name, message] = toList(packed);
  return { name: toText(name), message: message === undefined ? null : toText(message) };
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw corrupt('a list', value);
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  throw corrupt('a number', value);
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw corrupt('text', value);
}

function corrupt(expected: string, found: unknown): StoreError {
  return new StoreError('corrupt', `root causes of a row: expected ${expected}, found ${JSON.stringify(found)}`);
}
