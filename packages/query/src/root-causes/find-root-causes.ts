import type { CoverageEntity, ExceptionEntity, RootCause, RootCauseService } from '@fluoroscope/api';
import type { MergedTrace } from '@fluoroscope/model';
import { toServiceId } from '../service-graph/services.ts';
import type { CauseService } from './cause-path.ts';
import type { CauseTree } from './cause-tree.ts';
import { plantDocumentTree } from './document-tree.ts';
import { findFailingCauses, type FailingCause, type FailingEntity } from './failing-causes.ts';
import { findResponseTimeCause, type SlowCause, type SlowEntity } from './response-time-cause.ts';

export interface RootCauses {
  readonly fault: readonly RootCause<ExceptionEntity>[];
  readonly error: readonly RootCause<ExceptionEntity>[];
  readonly responseTime: readonly RootCause<CoverageEntity>[];
}

/** The same before it is printed: what a row keeps. */
export interface FoundCauses {
  readonly fault: readonly FailingCause[];
  readonly error: readonly FailingCause[];
  readonly slow: SlowCause | null;
}

const NO_CAUSES: FoundCauses = { fault: [], error: [], slow: null };

/** Why a trace failed or took its time, by XRAY-SPEC §7.3 and ADR-013. Every path begins at the entry point. */
export function findRootCauses(trace: MergedTrace): RootCauses {
  return toRootCauses(findCauses(plantDocumentTree(trace)));
}

/** One more whenever `findCauses` comes to another answer about the same trace: rows that keep the old one are then passed over. */
export const RULES_VERSION = 1;

export function findCauses(tree: CauseTree): FoundCauses {
  const { entry } = tree;
  if (entry === null) return NO_CAUSES;
  return {
    fault: findFailingCauses(tree, entry, 'fault'),
    error: findFailingCauses(tree, entry, 'error'),
    slow: findResponseTimeCause(tree, entry),
  };
}

export function toRootCauses({ fault, error, slow }: FoundCauses): RootCauses {
  return {
    fault: fault.map(printFailing),
    error: error.map(printFailing),
    responseTime:
      slow === null ? [] : [{ Services: slow.map((one) => printService(one, printSlow)), ClientImpacting: true }],
  };
}

function printFailing({ services, reachesClient }: FailingCause): RootCause<ExceptionEntity> {
  return { Services: services.map((one) => printService(one, printThrowing)), ClientImpacting: reachesClient };
}

/** Grafana needs a `Type` that is text. */
function printService<Entity, Printed>(
  { key, inferred, entities }: CauseService<Entity>,
  print: (entity: Entity) => Printed,
): RootCauseService<Printed> {
  return { ...toServiceId(key), Type: key.type ?? '', EntityPath: entities.map(print), Inferred: inferred };
}

/** Grafana needs a `Name`, too. */
function printThrowing({ name, remote, exceptions }: FailingEntity): ExceptionEntity {
  return {
    Name: name,
    Exceptions: exceptions.map((one) => ({ Name: one.name, ...(one.message !== null && { Message: one.message }) })),
    Remote: remote,
  };
}

function printSlow({ name, remote, coverage }: SlowEntity): CoverageEntity {
  return { Name: name, Coverage: coverage / 1_000, Remote: remote };
}
