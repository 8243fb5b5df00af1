import type { Counter, Gauge } from 'prom-client';
import type { ServiceArrival, UnknownArrival } from './service-arrivals.ts';

/** What was counted since the process started, for `/api/trust`. */
export interface Counts {
  readonly received: readonly LabelledCount[];
  readonly receivedBytes: readonly LabelledCount[];
  /** By channel and code. */
  readonly refused: readonly LabelledCount[];
  /** By channel and reason. */
  readonly dropped: readonly LabelledCount[];
  /** By channel and reason. */
  readonly callsTurnedAway: readonly LabelledCount[];
  readonly spansRefused: readonly LabelledCount[];
  readonly datagramsRefused: readonly LabelledCount[];
  readonly stored: number;
  readonly duplicate: number;
  readonly expired: number;
  readonly datagrams: number;
  readonly kernelDrops: number;
  readonly backlogAtStart: number;
  readonly services: readonly ServiceArrival[];
  readonly unknown: readonly UnknownArrival[];
}

export interface LabelledCount {
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly count: number;
}

export async function readCounter(counter: Pick<Counter | Gauge, 'get'>): Promise<readonly LabelledCount[]> {
  const { values } = await counter.get();
  return values.map(({ labels, value }) => ({ labels, count: value }));
}

export async function readSum(counter: Pick<Counter | Gauge, 'get'>): Promise<number> {
  return (await readCounter(counter)).reduce((sum, { count }) => sum + count, 0);
}
