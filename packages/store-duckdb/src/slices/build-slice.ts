import type { DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { fillQuery, fillSql } from '../source-sql.ts';
import { readSchema } from '../sql-files.ts';
import type { Extent, Source } from '../source.ts';
import { toNumber, toNumberOrNull } from '../values.ts';
import { buildAnnotations } from './build/build-annotations.ts';
import { buildFacts } from './build/build-facts.ts';
import { drop, eachSource, mapNumbers, readRow, runBuild, unionOf, type BuildRun } from './build/build-run.ts';
import { copyDocuments, copyTraces } from './build/copy-rows.ts';
import { createRunner } from './build/run-aside.ts';

export interface BuildSliceOptions {
  /** Prefix of an attached database without tables; made by us, safe as SQL text. */
  readonly into: string;
  /** Oldest first. They must not change meanwhile. */
  readonly from: readonly Source[];
  /** Awaited between steps of some 100 ms, so that others come to their turn. */
  readonly pause: () => Promise<void>;
}

export interface SliceSummary {
  readonly traceCount: number;
  readonly documentCount: number;
  readonly extent: Extent | null;
  /** Null when there are no documents. */
  readonly firstReceivedUs: TimeUs | null;
  readonly lastReceivedUs: TimeUs | null;
}

/**
 * Makes and fills the tables of sql/schema/slice.sql out of one head, or of several sources that a merge joins. Of a
 * trace that has rows in several of them the newest is kept. Runs in a transaction of its own: either all of it is
 * there, or nothing.
 */
export async function buildSlice(connection: DuckDBConnection, options: BuildSliceOptions): Promise<SliceSummary> {
  const run: BuildRun = { connection, runner: await createRunner(connection), ...options };
  await connection.run('BEGIN');
  try {
    await connection.run(fillSql(readSchema('slice'), { into: run.into }));
    const traceCount = await numberTraces(run);
    await copyDocuments(run);
    await copyTraces(run);
    await buildAnnotations(run, traceCount);
    await buildFacts(run);
    await runBuild(run, 'services');
    await runBuild(run, 'replaced', { replaced: unionOf(run, 'replaced') });
    await eachSource(run, 'slice', (_from, no) => drop(run, `build_numbers_${no}`));
    await drop(run, 'build_ids');
    const summary = await readSummary(run);
    await connection.run('COMMIT');
    return summary;
  } catch (error) {
    // Scratch tables go with it.
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** How many traces are known, with a row or without. */
async function numberTraces(run: BuildRun): Promise<number> {
  await runBuild(run, 'ids', { known: unionOf(run, 'known') });
  await mapNumbers(run, 'numbers');
  await run.pause();
  const [count] = await readRow(run, 'SELECT count(*) FROM build_ids');
  return toNumber(count);
}

async function readSummary(run: BuildRun): Promise<SliceSummary> {
  const [traceCount, documentCount, ...times] = await readRow(run, fillQuery('build/summary', { into: run.into }));
  const [firstReceivedUs, lastReceivedUs, firstStartUs, lastStartUs, firstEndUs, lastEndUs] = times.map((us) => {
    const number = toNumberOrNull(us);
    return number === null ? null : timeUs(number);
  });
  const extent =
    firstStartUs == null || lastStartUs == null || firstEndUs == null || lastEndUs == null
      ? null
      : { firstStartUs, lastStartUs, firstEndUs, lastEndUs };
  return {
    traceCount: toNumber(traceCount),
    documentCount: toNumber(documentCount),
    extent,
    firstReceivedUs: firstReceivedUs ?? null,
    lastReceivedUs: lastReceivedUs ?? null,
  };
}
