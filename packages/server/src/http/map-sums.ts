import { timeUs } from '@fluoroscope/model';
import type { GraphSums } from '@fluoroscope/store';
import type { Groups } from '../control/groups.ts';
import type { Events } from '../events.ts';
import { chooseTraces, type ChosenTrace, readGraphOf } from '../operations/chosen-traces.ts';
import { readGroupPlan } from '../operations/filter-plan.ts';
import type { TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';

export interface MapSumsOptions {
  readonly store: Pick<StoreReader, 'readGraph' | 'readGraphSeries' | 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly groups: Pick<Groups, 'find'>;
  readonly events: Pick<Events, 'tracesUnjudged'>;
}

/** Sums of all that was active in a range; with the name of a group, of the traces that its expression matches. */
export interface MapSums {
  readonly read: (range: TimeRange, group: string | undefined) => Promise<GraphSums>;
  /** Of periods of `stepUs`, each with its number from the range's begin on; those without any may be left out. */
  readonly readSteps: (
    range: TimeRange,
    stepUs: number,
    group: string | undefined,
  ) => Promise<readonly (readonly [number, GraphSums])[]>;
}

/** Shorter periods are read one by one: the store sums by the minute, or by a whole range. */
const SERIES_PERIOD_US_MIN = 60_000_000;

export function createMapSums({ store, groups, events }: MapSumsOptions): MapSums {
  const unjudged = events.tracesUnjudged;

  /** Null: every trace. */
  async function choose(range: TimeRange, name: string | undefined): Promise<readonly ChosenTrace[] | null> {
    const plan = readGroupPlan(groups.find({ GroupName: name }), groups);
    return plan === null ? null : chooseTraces(store, { range, rangeOf: 'active', plan, unjudged });
  }

  return {
    async read(range, group) {
      const chosen = await choose(range, group);
      return chosen === null ? store.readGraph({ ...range, traceIds: null }) : readGraphOf(store, chosen);
    },
    async readSteps(range, stepUs, group) {
      const { startUs, endUs } = range;
      const chosen = await choose(range, group);
      const steps: [number, GraphSums][] = [];
      if (chosen !== null) {
        for (const [step, traces] of byStep(chosen, startUs, stepUs)) {
          steps.push([step, await readGraphOf(store, traces)]);
        }
      } else if (stepUs >= SERIES_PERIOD_US_MIN) {
        for (const period of await store.readGraphSeries({ startUs, endUs, periodUs: stepUs, services: null })) {
          steps.push([Math.round((period.startUs - startUs) / stepUs), period]);
        }
      } else {
        for (let from: number = startUs; from < endUs; from += stepUs) {
          const period = { startUs: timeUs(from), endUs: timeUs(Math.min(endUs, from + stepUs)) };
          steps.push([Math.round((from - startUs) / stepUs), await store.readGraph({ ...period, traceIds: null })]);
        }
      }
      return steps;
    },
  };
}

/** Whole traces, by when they began; those that began before the range count in its first step. */
function byStep(traces: readonly ChosenTrace[], startUs: number, stepUs: number): Map<number, ChosenTrace[]> {
  const steps = new Map<number, ChosenTrace[]>();
  for (const trace of traces) {
    const step = Math.max(0, Math.floor((trace.startUs - startUs) / stepUs));
    const known = steps.get(step);
    if (known === undefined) steps.set(step, [trace]);
    else known.push(trace);
  }
  return steps;
}
