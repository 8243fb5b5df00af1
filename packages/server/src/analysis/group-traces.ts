import {
  GROUP_VALUES_MAX,
  GROUPS_MAX,
  type FieldValue,
  type TraceField,
  type TraceGroup,
  type TraceGroups,
} from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import type { FilterPlan } from '@fluoroscope/query';
import type { TraceRow } from '@fluoroscope/store';
import type { TimeRange } from '../operations/time-range.ts';
import type { StoreReader } from '../storage/storage.ts';
import { createFigures, stepSeconds, stepsOf, type Figures, type Steps } from './figures.ts';
import { ANALYSED_CAUSES_TRACES_MAX, ANALYSED_TRACES_MAX, ANNOTATION_KEYS_MAX } from './limits.ts';
import { createTally } from './tally.ts';
import { causesOf, isCauseField, type KeyedValue, valuesOf } from './trace-fields.ts';
import { walkTraces } from './walk-traces.ts';

export interface GroupTracesOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly plan: FilterPlan;
  readonly range: TimeRange;
  readonly by: TraceField;
  readonly steps: number;
  readonly countMax?: number;
}

/** The traces of a set, told apart by one field. */
export async function groupTraces(options: GroupTracesOptions): Promise<TraceGroups> {
  const { store, plan, range, by } = options;
  const steps = stepsOf(range, options.steps);
  const total = createFigures(steps);
  const groups = createGroups(steps);
  const keys = createTally<string>(GROUP_VALUES_MAX);
  const countMax = options.countMax ?? (isCauseField(by) ? ANALYSED_CAUSES_TRACES_MAX : ANALYSED_TRACES_MAX);
  const looked = await walkTraces({ store, plan, range, countMax }, async (rows) => {
    const causes = isCauseField(by) ? await causesOf(rows, store) : [];
    for (const [at, row] of rows.entries()) {
      total.add(row);
      groups.add(row, isCauseField(by) ? (causes[at]?.(by) ?? []) : valuesOf(row, by));
      for (const key of new Set(row.annotations.map((annotation) => annotation.key))) keys.add(key);
    }
  });
  return {
    looked,
    startTime: secondsFromUs(range.startUs),
    endTime: secondsFromUs(range.endUs),
    stepSeconds: stepSeconds(steps),
    total: total.print(),
    histogram: total.histogram(),
    ...groups.print(),
    annotationKeys: keys.most(ANNOTATION_KEYS_MAX),
  };
}

interface KeptGroup {
  readonly value: FieldValue;
  readonly figures: Figures;
}

function printGroup({ value, figures }: KeptGroup): TraceGroup {
  return { value, ...figures.print() };
}

interface Groups {
  add(row: TraceRow, values: readonly KeyedValue[]): void;
  print(): Pick<TraceGroups, 'groups' | 'valueCount' | 'othersCount'>;
}

function createGroups(steps: Steps): Groups {
  const kept = new Map<string, KeptGroup>();
  let beyondCount = 0;
  return {
    add(row, values) {
      let isBeyond = false;
      for (const { key, value } of values) {
        let group = kept.get(key);
        if (group === undefined && kept.size >= GROUP_VALUES_MAX) {
          isBeyond = true;
          continue;
        }
        if (group === undefined) kept.set(key, (group = { value: value(), figures: createFigures(steps) }));
        group.figures.add(row);
      }
      if (isBeyond) beyondCount += 1;
    },
    print() {
      const sorted = [...kept.values()].sort((a, b) => b.figures.count - a.figures.count);
      const cut = sorted.slice(GROUPS_MAX).reduce((all, { figures }) => all + figures.count, 0);
      return {
        groups: sorted.slice(0, GROUPS_MAX).map(printGroup),
        valueCount: kept.size,
        othersCount: cut + beyondCount,
      };
    },
  };
}
