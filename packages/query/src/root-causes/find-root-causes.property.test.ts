import type { RootCause } from '@fluoroscope/api';
import { mergeTrace, type TraceDocument, type TraceId } from '@fluoroscope/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CauseEntity } from './cause-tree.ts';
import { plantDocumentTree } from './document-tree.ts';
import { findRootCauses, type RootCauses } from './find-root-causes.ts';
import { CAUSES_MAX, COVERAGE_MIN } from './limits.ts';

const SEED = 20_260_913;
const TRACE_ID = `1-66f00000-${'a'.repeat(24)}` as TraceId;
const ID_COUNT = 14;

// Names are ids here, so that a path can be followed back to its entities.
const plans = fc.array(
  fc.record({
    /** Of an entity before or after it, of nobody, or none. */
    parent: fc.option(fc.nat({ max: ID_COUNT + 2 })),
    kind: fc.constantFrom('segment', 'segment', 'local', 'remote', 'aws'),
    start: fc.nat({ max: 50 }),
    length: fc.option(fc.nat({ max: 60 }), { freq: 8 }),
    fault: fc.boolean(),
    error: fc.boolean(),
    isThrown: fc.boolean(),
  }),
  { minLength: 1, maxLength: ID_COUNT },
);
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

test('whatever is sent, in whatever order: paths begin at the entry point and go along what failed', () => {
  fc.assert(
    fc.property(plans, fc.infiniteStream(fc.nat()), (plan, order) => {
      const documents = documentsOf(plan);
      const trace = mergeTrace(documents);
      const causes = findRootCauses(trace);
      const tree = plantDocumentTree(trace);
      const byName = new Map([...tree.entities()].filter(isSent).map((entity) => [entity.name, entity]));

      for (const cause of [...causes.fault, ...causes.error, ...causes.responseTime]) {
        expect(entityNames(cause)[0]).toBe(tree.entry?.name);
        expect(cause.Services?.every(({ Type, EntityPath = [] }) => Type !== undefined && EntityPath.length > 0)).toBe(
          true,
        );
      }
      for (const flag of ['fault', 'error'] as const) checkFailing(causes, flag, byName);
      checkCoverage(causes);

      const shuffled = documents.toSorted(byFirstDrawn(order));
      expect(findRootCauses(mergeTrace(shuffled))).toEqual(causes);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

function checkFailing(causes: RootCauses, flag: 'fault' | 'error', byName: ReadonlyMap<string, CauseEntity>): void {
  expect(causes[flag].length).toBeLessThanOrEqual(CAUSES_MAX);
  for (const cause of causes[flag]) {
    const failing = entityNames(cause).map((name) => byName.get(name)?.[flag] === true);
    expect(failing.at(-1)).toBe(true);
    expect(cause.ClientImpacting).toBe(failing.every(Boolean));
  }
}

function checkCoverage({ responseTime }: RootCauses): void {
  expect(responseTime.length).toBeLessThanOrEqual(1);
  for (const { Services = [] } of responseTime) {
    const covered = Services.flatMap(({ EntityPath = [] }) => EntityPath.map(({ Coverage }) => Coverage ?? -1));
    expect(covered[0]).toBe(1);
    for (const share of covered) {
      expect(share).toBeGreaterThanOrEqual(COVERAGE_MIN);
      expect(share).toBeLessThanOrEqual(1);
    }
  }
}

function entityNames(cause: RootCause<{ readonly Name?: string }>): readonly string[] {
  return (cause.Services ?? []).flatMap(({ EntityPath = [] }) => EntityPath.map(({ Name = '' }) => Name));
}

/** An inferred segment has the name of its call, and its flags. */
function isSent({ kind }: CauseEntity): boolean {
  return kind !== 'inferred';
}

function documentsOf(plan: Plan): readonly TraceDocument[] {
  return plan.map(({ parent, kind, start, length, fault, error, isThrown }, at) => {
    const parentId = parent === null || parent === at ? undefined : idOf(parent);
    const call = kind === 'remote' || kind === 'aws' ? { namespace: kind } : {};
    const placed =
      kind === 'segment' ? { parent_id: parentId } : { type: 'subsegment', parent_id: parentId ?? idOf(99), ...call };
    const times = length === null ? { in_progress: true } : { end_time: 1_000 + start + length };
    const cause = isThrown ? { cause: { exceptions: [{ type: 'Error', message: idOf(at) }] } } : {};
    const fields = { id: idOf(at), name: idOf(at), trace_id: TRACE_ID, start_time: 1_000 + start };
    return Object.assign({ fault, error }, fields, times, placed, cause) as TraceDocument;
  });
}

function idOf(at: number): string {
  return String(at).padStart(16, '0');
}

function byFirstDrawn(order: Iterable<number>): (a: TraceDocument, b: TraceDocument) => number {
  const drawn = order[Symbol.iterator]();
  const ranks = new Map<TraceDocument, number>();
  const rankOf = (document: TraceDocument): number => {
    const rank = ranks.get(document) ?? Number(drawn.next().value);
    ranks.set(document, rank);
    return rank;
  };
  return (a, b) => rankOf(a) - rankOf(b);
}
