import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import type { Engine } from '../engine.ts';
import type { Gate } from '../gate.ts';
import { fillQuery } from '../source-sql.ts';
import type { Attachments } from './attachments.ts';
import type { Catalog } from './catalog.ts';
import { createMergeSize } from './merge-size.ts';
import { createPace, GivenUp, type Pace, type PaceOptions } from './pace.ts';
import { planMerge, type MergeLimits, type MergePlan } from './plan-merge.ts';
import { createRetry } from './retry.ts';
import type { Slice } from './slice.ts';
import { writeSlice, type SliceWork } from './write-slice.ts';

/** Joins small slices into larger ones, one merge at a time, behind everything else. */
export interface Merger {
  /** There may be something to merge. */
  wake(): void;
  /** Gives up a merge under way; none begins until this is disposed. */
  hold(): Promise<Disposable>;
  close(): Promise<void>;
}

export interface MergerOptions extends PaceOptions {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly catalog: Catalog;
  readonly attachments: Attachments<Slice>;
  readonly limits: MergeLimits;
  readonly free: (slice: Slice) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export async function openMerger(options: MergerOptions): Promise<Merger> {
  const { catalog, limits } = options;
  const connection = await options.engine.connect();
  const size = createMergeSize(limits.slicesMax);
  const holds = new Set<Disposable>();
  let current: Pace | null = null;
  let running: Promise<void> = Promise.resolve();
  const retry = createRetry({ work: mergeAll, failed: options.failed });

  async function mergeAll(): Promise<void> {
    for (let plan = nextPlan(); plan !== null; plan = nextPlan()) {
      const pace = createPace(options);
      current = pace;
      try {
        await merge(connection, plan, { ...options, pause: () => pace.pause() });
        size.succeeded();
      } catch (error) {
        if (error instanceof GivenUp) continue;
        size.failed(plan.to - plan.from);
        throw error;
      } finally {
        current = null;
      }
    }
  }

  function nextPlan(): MergePlan | null {
    return holds.size > 0 ? null : planMerge(catalog.slices, { ...limits, slicesMax: size.slicesMax });
  }

  function wake(): void {
    running = retry.run().catch(() => {});
  }

  async function hold(): Promise<Disposable> {
    const held: Disposable = {
      [Symbol.dispose]() {
        if (holds.delete(held) && holds.size === 0) wake();
      },
    };
    holds.add(held);
    current?.giveUp();
    await running;
    return held;
  }

  return {
    wake,
    hold,
    async close() {
      retry[Symbol.dispose]();
      // Never given back.
      await hold();
      options.engine.disconnect(connection);
    },
  };
}

interface MergeOptions extends MergerOptions {
  readonly pause: () => Promise<void>;
}

async function merge(connection: DuckDBConnection, plan: MergePlan, options: MergeOptions): Promise<void> {
  const { gate, catalog, attachments } = options;
  const from = catalog.slices.slice(plan.from, plan.to);
  const [first] = from;
  const last = from.at(-1);
  if (first === undefined || last === undefined) return;
  const merged = await writeMerged(options, {
    firstOrder: first.firstOrder,
    lastOrder: last.lastOrder,
    from,
    older: catalog.slices.slice(0, plan.from),
    progress: last.progress,
    pause: options.pause,
  });
  attachments.add(merged);
  using _attached = await attachments.use([merged]);
  await gate(async () => {
    await renumberSuperseded(connection, merged);
    catalog.replace(from, merged, async (slice) => {
      if (slice.kind === 'slice') await options.free(slice);
    });
  });
}

async function writeMerged({ engine, attachments }: MergeOptions, work: SliceWork): Promise<Slice> {
  using _attached = await attachments.use(work.from);
  return await writeSlice(engine, work);
}

/** What the slices that went into this one said is stale, as this one says it. */
async function renumberSuperseded(connection: DuckDBConnection, merged: Slice): Promise<void> {
  await connection.run('BEGIN');
  try {
    await connection.run(
      'DELETE FROM memory.main.superseded WHERE order_no BETWEEN $1 AND $2',
      [BigInt(merged.firstOrder), BigInt(merged.lastOrder)],
      [BIGINT, BIGINT],
    );
    await connection.run(fillQuery('load-superseded', { from: merged.prefix }), [BigInt(merged.orderNo)], [BIGINT]);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}
