import { SET_SLICES, type SetLooked } from '@fluoroscope/api';
import { timeUs } from '@fluoroscope/model';
import type { FilterPlan } from '@fluoroscope/query';
import type { TraceRow } from '@fluoroscope/store';
import type { TimeRange } from '../operations/time-range.ts';
import { countMatching, type TraceWalk, walkTraces } from './walk-traces.ts';

/** Traces that satisfy an expression in a time. The pieces of one set have no trace in common. */
export interface SetPiece {
  readonly plan: FilterPlan;
  readonly range: TimeRange;
}

export interface SetSample extends Pick<TraceWalk, 'store' | 'countMax' | 'nowMs' | 'signal'> {
  readonly pieces: readonly SetPiece[];
  readonly wallMsMax: number;
}

/**
 * Hands rows of a set to `visit`: all of them, or, when there may be too many, as many of each part of its time. Two sets of which one is thousands of
 * times as large are then of the same time: else whatever changed meanwhile would tell them apart.
 */
export async function sampleSet(
  sample: SetSample,
  visit: (rows: readonly TraceRow[]) => void | Promise<void>,
): Promise<SetLooked> {
  const { store, countMax, wallMsMax, nowMs = () => performance.now(), signal } = sample;
  const endMs = nowMs() + wallMsMax;
  const isSmall = signal?.aborted === true || (await fits(sample));
  const slices = isSmall ? sample.pieces : slicesOf(sample.pieces);
  let count = 0;
  let unjudgedCount = 0;
  let cutSliceCount = 0;
  for (const [at, { plan, range }] of slices.entries()) {
    const sharedBy = isSmall ? 1 : slices.length - at;
    const walk: TraceWalk = {
      store,
      plan,
      range,
      // One more than there can be: a page that is full may not say that nothing follows.
      countMax: isSmall ? countMax - count + 1 : Math.ceil((countMax - count) / sharedBy),
      wallMsMax: Math.max(0, endMs - nowMs()) / sharedBy,
      countsRest: false,
      nowMs,
      ...(signal !== undefined && { signal }),
    };
    const isOver = walk.countMax <= 0 || nowMs() >= endMs || signal?.aborted === true;
    const looked = isOver ? null : await walkTraces(walk, visit);
    count += looked?.count ?? 0;
    unjudgedCount += looked?.unjudgedCount ?? 0;
    if (looked?.complete !== true) cutSliceCount += 1;
  }
  const complete = cutSliceCount === 0;
  const isAborted = signal?.aborted === true;
  return {
    count,
    countMax,
    complete,
    cutSliceCount,
    sliceCount: slices.length,
    matchingCount: complete ? count : isAborted ? null : await countAll(sample),
    unjudgedCount,
  };
}

/** No more can match than may be looked at. */
async function fits({ store, pieces, countMax }: SetSample): Promise<boolean> {
  let count = 0;
  for (const { plan, range } of pieces) {
    const { condition } = plan;
    const limit = countMax + 1 - count;
    count += (await store.findTraceIds({ ...range, rangeOf: 'start', condition, limit, after: null })).length;
    if (count > countMax) return false;
  }
  return true;
}

/** Newest first, of about equal length. */
function slicesOf(pieces: readonly SetPiece[]): readonly SetPiece[] {
  const wholeUs = pieces.reduce((all, { range }) => all + range.endUs - range.startUs, 0);
  const sliceUs = Math.max(1, wholeUs / SET_SLICES);
  return pieces
    .flatMap(({ plan, range: { startUs, endUs } }) => {
      const count = Math.max(1, Math.round((endUs - startUs) / sliceUs));
      const bounds = Array.from({ length: count + 1 }, (_bound, at) =>
        timeUs(Math.round(startUs + ((endUs - startUs) * at) / count)),
      );
      return bounds.slice(1).map((end, at) => ({ plan, range: { startUs: bounds[at] ?? startUs, endUs: end } }));
    })
    .filter(({ range }) => range.endUs > range.startUs)
    .sort((a, b) => b.range.startUs - a.range.startUs);
}

async function countAll({ store, pieces }: SetSample): Promise<number | null> {
  let all = 0;
  for (const { plan, range } of pieces) {
    const count = await countMatching({ store, plan, range });
    if (count === null) return null;
    all += count;
  }
  return all;
}
