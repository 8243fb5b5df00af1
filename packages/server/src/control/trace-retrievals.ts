import { ApiError } from '@fluoroscope/api';
import { parseTraceIdAnySpelling, timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import type { ControlPlane } from './control-plane.ts';
import type { ControlState, KeptRetrieval } from './control-state.ts';
import { RETRIEVAL_SECONDS_MAX, RETRIEVALS_KEPT_MAX } from './limits.ts';

/**
 * Traces asked for by id in two steps. Our store answers at once, so a retrieval is complete when it is made; what
 * is kept is the question, for an hour.
 */
export interface TraceRetrievals {
  /** Resolves to its token. Ids that are none find nothing. */
  start(traceIds: readonly string[], range: RetrievalRange): Promise<string>;
  find(token: string): TraceRetrieval;
  cancel(token: string): Promise<void>;
}

/** Both ends belong to it. */
export interface RetrievalRange {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
}

export interface TraceRetrieval extends RetrievalRange {
  readonly status: 'COMPLETE' | 'CANCELLED';
  readonly traceIds: readonly TraceId[];
}

export interface TraceRetrievalsOptions {
  readonly control: ControlPlane;
  readonly newId: () => string;
  readonly nowSeconds: () => number;
}

export function createTraceRetrievals({ control, newId, nowSeconds }: TraceRetrievalsOptions): TraceRetrievals {
  function require(state: ControlState, token: string): KeptRetrieval {
    const found = state.retrievals.find((one) => one.token === token);
    if (found !== undefined && isFresh(found, nowSeconds())) return found;
    throw new ApiError('ResourceNotFoundException', 'RetrievalToken: there is no such retrieval', {
      resourceName: token,
    });
  }

  return {
    start: (traceIds, { startUs, endUs }) =>
      control.change((state) => {
        const now = Math.floor(nowSeconds());
        const token = newId();
        const kept = state.retrievals.filter((one) => isFresh(one, now)).slice(-(RETRIEVALS_KEPT_MAX - 1));
        const ids = [...new Set(readIds(traceIds))];
        const retrieval: KeptRetrieval = { token, traceIds: ids, startUs, endUs, createdAt: now, cancelled: false };
        return { state: { ...state, retrievals: [...kept, retrieval] }, answer: token };
      }),
    find(token) {
      const { traceIds, startUs, endUs, cancelled } = require(control.state, token);
      return {
        status: cancelled ? 'CANCELLED' : 'COMPLETE',
        traceIds: cancelled ? [] : readIds(traceIds),
        startUs: timeUs(startUs),
        endUs: timeUs(endUs),
      };
    },
    cancel: (token) =>
      control.change((state) => {
        const found = require(state, token);
        const retrievals = state.retrievals.map((one) => (one === found ? { ...found, cancelled: true } : one));
        return { state: found.cancelled ? state : { ...state, retrievals }, answer: undefined };
      }),
  };
}

function isFresh({ createdAt }: KeptRetrieval, nowSeconds: number): boolean {
  return nowSeconds - createdAt < RETRIEVAL_SECONDS_MAX;
}

function readIds(texts: readonly string[]): readonly TraceId[] {
  const ids: TraceId[] = [];
  for (const text of texts) {
    const id = parseTraceIdAnySpelling(text);
    if (id.ok) ids.push(id.value);
  }
  return ids;
}
