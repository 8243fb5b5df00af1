import type { TraceId } from '@fluoroscope/model';
import { PipelineError } from '../../pipeline-error.ts';
import type { Consumer, Parcel, ProcessorEvents, Stage } from '../../stage.ts';
import { createOutbox } from '../outbox.ts';
import { createDecisions } from './decisions.ts';
import type { GatheredTrace } from './trace-facts.ts';

export interface GatheringOptions {
  /** From a trace's first document to the decision about it. */
  readonly decisionWaitMs: number;
  /** Traces that are gathered at once; beyond it the oldest is decided on early. */
  readonly tracesMax: number;
  /** Their bytes, likewise. */
  readonly bytesMax: number;
  /** Decisions that are remembered for late documents. */
  readonly sampledMax: number;
  readonly notSampledMax: number;
}

export interface Decider {
  /** Whether a trace with this document need not be waited for. */
  readonly isEnough: (parcel: Parcel) => boolean;
  readonly decide: (trace: GatheredTrace) => Decision;
}

export interface Decision {
  readonly isSampled: boolean;
  /** What decided, for a counter's label; null for nothing. */
  readonly by: string | null;
}

export interface GatheringEvents extends ProcessorEvents {
  readonly decided: (by: string | null) => void;
  /** Before its time, since there were too many. */
  readonly decidedEarly: () => void;
}

interface Gathering {
  readonly firstMs: number;
  readonly parcels: Parcel[];
  bytes: number;
}

const DECISION_INTERVAL_MS_MAX = 1_000;
const PART_MAX = 1_000;

/**
 * Gathers traces and keeps whole ones. Documents of a trace must all come here: with several collectors, those in front must
 * see to that. Disposing decides on what has been gathered.
 */
export function createGathering(
  next: Consumer,
  { isEnough, decide: decideOn }: Decider,
  options: GatheringOptions,
  events: GatheringEvents,
  nowMs: () => number,
): Stage {
  const { decisionWaitMs, tracesMax, bytesMax } = options;
  const decisions = createDecisions(options.sampledMax, options.notSampledMax);
  const outbox = createOutbox({ next, events, partMax: PART_MAX });
  /** In the order of their first documents. */
  const gathering = new Map<TraceId, Gathering>();
  let bytes = 0;
  let isClosed = false;

  function decide(id: TraceId, { parcels, bytes: size }: Gathering): void {
    gathering.delete(id);
    bytes -= size;
    const { isSampled, by } = decideOn({ id, parcels });
    decisions.set(id, isSampled);
    events.decided(by);
    if (isSampled) outbox.add(parcels);
    else events.filtered(parcels.length);
  }

  function decideRipe(): void {
    for (const [id, trace] of gathering) {
      if (nowMs() - trace.firstMs < decisionWaitMs) break;
      decide(id, trace);
    }
  }

  function gather(parcel: Parcel): void {
    const id = parcel.document.trace_id;
    const known = gathering.get(id);
    const trace = known ?? { firstMs: nowMs(), parcels: [], bytes: 0 };
    trace.parcels.push(parcel);
    trace.bytes += parcel.bytes;
    bytes += parcel.bytes;
    if (known === undefined) gathering.set(id, trace);
    if (isEnough(parcel)) decide(id, trace);
  }

  function makeRoom(): void {
    for (const [id, trace] of gathering) {
      if (gathering.size <= tracesMax && bytes <= bytesMax) return;
      events.decidedEarly();
      decide(id, trace);
    }
  }

  const timer = setInterval(decideRipe, Math.min(DECISION_INTERVAL_MS_MAX, Math.max(1, decisionWaitMs / 2)));

  return {
    async consume(parcels) {
      if (isClosed) throw new PipelineError('closed', 'sampling');
      if (outbox.bytes > bytesMax) throw new PipelineError('full', 'sampling: kept traces wait to be sent');
      const late: Parcel[] = [];
      for (const parcel of parcels) {
        const decision = decisions.get(parcel.document.trace_id);
        if (decision === undefined) gather(parcel);
        else if (decision) late.push(parcel);
        else events.filtered(1);
      }
      outbox.add(late);
      makeRoom();
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearInterval(timer);
      for (const [id, trace] of gathering) decide(id, trace);
      await outbox[Symbol.asyncDispose]();
    },
  };
}
