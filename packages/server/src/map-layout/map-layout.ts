import { Worker } from 'node:worker_threads';
import type { Positions, Service } from '@fluoroscope/api';
import { printServiceKey } from '@fluoroscope/model';
import { layoutMap, placeNodes } from '@fluoroscope/query';
import { NODES_PLACED_AT_ONCE_MAX } from '../limits.ts';

/** A graph without its figures: all that a layout depends on. */
export type BareGraph = readonly Service[];

export interface LayoutJob {
  /** Null: everything is laid out from nothing. */
  readonly kept: Positions | null;
  readonly services: BareGraph;
}

export interface MapLayout {
  /** Of those that have none in `kept`. */
  readonly place: (kept: Positions, services: BareGraph) => Promise<Positions>;
  readonly layout: (services: BareGraph) => Promise<Positions>;
}

/** A node or two are placed at once, in a few milliseconds; more in a thread, so that nothing waits for them. */
export const mapLayout: MapLayout = {
  async place(kept, services) {
    const fresh = services.reduce((count, service) => count + (keyOf(service) in kept ? 0 : 1), 0);
    if (fresh === 0) return {};
    return fresh <= NODES_PLACED_AT_ONCE_MAX ? placeNodes(kept, services) : runInThread({ kept, services });
  },
  async layout(services) {
    return services.length <= NODES_PLACED_AT_ONCE_MAX ? layoutMap(services) : runInThread({ kept: null, services });
  },
};

export function bareGraph(services: readonly Service<unknown>[]): BareGraph {
  return services.map(({ ReferenceId, Name, Type, AccountId, Edges = [] }) => ({
    ...(ReferenceId !== undefined && { ReferenceId }),
    ...(Name !== undefined && { Name }),
    ...(Type !== undefined && { Type }),
    ...(AccountId !== undefined && { AccountId }),
    Edges: Edges.map((edge) => (edge.ReferenceId === undefined ? {} : { ReferenceId: edge.ReferenceId })),
  }));
}

export function keyOf({ Name = '', Type, AccountId }: Service<unknown>): string {
  return printServiceKey({ name: Name, type: Type ?? null, accountId: AccountId ?? null });
}

async function runInThread(job: LayoutJob): Promise<Positions> {
  // Node 20 cannot start a thread from a TypeScript file: from sources, the built one is taken.
  const program = import.meta.url.endsWith('.ts') ? '../../dist/map-layout/worker.js' : 'worker.js';
  const worker = new Worker(new URL(program, import.meta.url), { workerData: job, execArgv: [] });
  try {
    return await new Promise<Positions>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the layout thread ended with ${code}`)));
    });
  } finally {
    void worker.terminate();
  }
}
