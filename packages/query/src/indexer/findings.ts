import { outcomeBit, type TraceCauses, type TraceRow } from '@fluoroscope/store';
import type { CauseTree } from '../root-causes/cause-tree.ts';
import { findCauses } from '../root-causes/find-root-causes.ts';
import { packCauses } from '../root-causes/pack-causes.ts';
import { LinkedCauseTree } from './cause-trees.ts';
import { UNKEPT_CAUSE } from './entity.ts';
import { FINDINGS_ENTITIES_MAX } from './limits.ts';
import type { ServiceRef } from './service-ref.ts';
import type { Slot } from './slot.ts';
import { nodeOf, type Standing } from './standing.ts';
import type { TraceEntities } from './trace-entities.ts';

/** What a row keeps so that searches and pages need not read documents. */
export type Findings = Pick<TraceRow, 'outcomes' | 'causes'>;

const NOTHING_KEPT: Findings = { outcomes: [], causes: null };

/** Of a settled trace, whose row names these services. */
export function readFindings(trace: TraceEntities, entry: Standing | null, services: readonly ServiceRef[]): Findings {
  if (trace.slots.size > FINDINGS_ENTITIES_MAX) return NOTHING_KEPT;
  return { outcomes: readOutcomes(trace, services), causes: causesIn(new LinkedCauseTree(trace, entry), services) };
}

/** Null when the documents must be asked: more was thrown than is remembered, or would be kept in a row. */
export function causesIn(tree: CauseTree, services: readonly ServiceRef[]): TraceCauses | null {
  if (tree.mayFail('fault') || tree.mayFail('error')) {
    for (const { cause } of tree.entities()) if (cause === UNKEPT_CAUSE) return null;
  }
  return packCauses(findCauses(tree), services);
}

function readOutcomes({ slots }: TraceEntities, services: readonly ServiceRef[]): readonly number[] {
  const partial = findPartial(slots.values());
  const outcomes = services.map(() => 0);
  for (const slot of slots.values()) {
    const { standing } = slot;
    const node = standing === null ? null : nodeOf(standing);
    if (standing === null || node === null) continue;
    const place = placeOf(services, node);
    const before = outcomes[place];
    if (before === undefined) continue;
    const { fault, error, throttle } = standing.entity;
    outcomes[place] = before | outcomeBit({ fault, error, throttle, partial: partial?.has(slot) ?? false });
  }
  return outcomes;
}

/** Segments in progress, or with a call that waits; null for none. */
function findPartial(slots: Iterable<Slot>): ReadonlySet<Slot> | null {
  let partial: Set<Slot> | null = null;
  for (const { standing, owner } of slots) {
    if (standing?.isPartial !== true || owner === null) continue;
    partial ??= new Set();
    partial.add(owner);
  }
  return partial;
}

/** Mostly the same object, which is found faster. */
function placeOf(services: readonly ServiceRef[], service: ServiceRef): number {
  const place = services.indexOf(service);
  return place >= 0 ? place : services.findIndex(({ text }) => text === service.text);
}
