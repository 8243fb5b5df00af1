import type { CoverageEntity, ExceptionEntity, RootCause } from '@fluoroscope/api';
import type { MergedTrace } from '@fluoroscope/model';
import { plantCauseTree } from './cause-tree.ts';
import { createExceptions } from './exceptions.ts';
import { findFailingCauses } from './failing-causes.ts';
import { findResponseTimeCause } from './response-time-cause.ts';

export interface RootCauses {
  readonly fault: readonly RootCause<ExceptionEntity>[];
  readonly error: readonly RootCause<ExceptionEntity>[];
  readonly responseTime: readonly RootCause<CoverageEntity>[];
}

const NO_CAUSES: RootCauses = { fault: [], error: [], responseTime: [] };

/** Why a trace failed or took its time, by XRAY-SPEC §7.3 and ADR-013. Every path begins at the entry point. */
export function findRootCauses(trace: MergedTrace): RootCauses {
  const { entry, entities } = plantCauseTree(trace);
  if (entry === null) return NO_CAUSES;
  const readExceptions = createExceptions(entities);
  const slow = findResponseTimeCause(entry);
  return {
    fault: findFailingCauses(entry, 'fault', readExceptions),
    error: findFailingCauses(entry, 'error', readExceptions),
    responseTime: slow === null ? [] : [slow],
  };
}
