import type { CauseKind, ComparedSet, SetDifferences } from '@fluoroscope/api';
import { secondsFromUs } from '@fluoroscope/model';
import { completeSummaries } from '@fluoroscope/query';
import type { StoreReader } from '../storage/storage.ts';
import { type CauseCounts, createCauseCounts } from './cause-differences.ts';
import { createFieldDifferences, type FieldDifferences } from './field-differences.ts';
import { createFigures, stepSeconds, stepsOf, type Steps } from './figures.ts';
import { COMPARED_MS_MAX, COMPARED_TRACES_MAX } from './limits.ts';
import { namedFields } from './named-fields.ts';
import { sampleSet, type SetPiece } from './sample-set.ts';
import { type AskedPart, piecesOf, restOf, type Whole } from './set-pieces.ts';
import type { Side } from './value-counts.ts';

export interface CompareSetsOptions {
  readonly store: Pick<StoreReader, 'findTraceIds' | 'findTraces' | 'readDocuments'>;
  readonly whole: Whole;
  readonly a: AskedPart;
  /** Null: the rest. */
  readonly b: AskedPart | null;
  readonly steps: number;
  readonly countMax?: number;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** What tells two sets of traces apart: values of fields, times, root causes. */
export async function compareSets(options: CompareSetsOptions): Promise<SetDifferences> {
  const { whole, a, b } = options;
  const steps = stepsOf(whole.range, options.steps);
  const compared: Compared = {
    fields: createFieldDifferences(namedFields(b === null ? [a.plan] : [a.plan, b.plan])),
    causes: {
      responsetime: createCauseCounts('responsetime'),
      fault: createCauseCounts('fault'),
      error: createCauseCounts('error'),
    },
  };
  const setA = await readSet('a', piecesOf(a, whole), steps, options, compared);
  const setB = await readSet('b', b === null ? restOf(a, whole) : piecesOf(b, whole), steps, options, compared);
  const total = { a: setA.count, b: setB.count };
  const { fields, causes } = compared;
  return {
    startTime: secondsFromUs(whole.range.startUs),
    endTime: secondsFromUs(whole.range.endUs),
    stepSeconds: stepSeconds(steps),
    a: setA,
    b: setB,
    fields: fields.print(total),
    uncountedAnnotations: fields.uncountedAnnotations,
    causes: {
      responsetime: causes.responsetime.print(total),
      fault: causes.fault.print(total),
      error: causes.error.print(total),
    },
  };
}

interface Compared {
  readonly fields: FieldDifferences;
  readonly causes: Readonly<Record<CauseKind, CauseCounts>>;
}

async function readSet(
  side: Side,
  pieces: readonly SetPiece[],
  steps: Steps,
  { store, countMax = COMPARED_TRACES_MAX, signal }: CompareSetsOptions,
  { fields, causes }: Compared,
): Promise<ComparedSet> {
  const figures = createFigures(steps);
  const sample = { store, pieces, countMax, wallMsMax: COMPARED_MS_MAX, ...(signal !== undefined && { signal }) };
  const readDocuments = store.readDocuments.bind(store);
  const looked = await sampleSet(sample, async (rows) => {
    for (const row of rows) {
      figures.add(row);
      fields.add(side, row);
    }
    for (const summary of await completeSummaries(rows, { readDocuments, activeFromUs: null })) {
      causes.responsetime.add(side, summary);
      causes.fault.add(side, summary);
      causes.error.add(side, summary);
    }
  });
  return { ...figures.print(), looked, histogram: figures.histogram() };
}
