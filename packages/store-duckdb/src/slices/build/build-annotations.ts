import { INTEGER } from '@duckdb/node-api';
import { fillQuery } from '../../source-sql.ts';
import { toNumber } from '../../values.ts';
import { drop, pieceOf, readRow, runBuild, unionOf, type BuildRun } from './build-run.ts';

/**
 * Postings of one block: some two row groups, of which a search for one annotation reads one, a row's annotations all.
 * Larger blocks make searches cheaper, and rows dearer: these are scattered, and read for each page.
 */
const BLOCK_POSTINGS = 32_768;

/** Fewer traces would make the numbers of annotations in a block too sparse; of more, the sort key has no room. */
const BLOCK_TRACES_MIN = 256;
const BLOCK_TRACES_MAX = 65_536;

/** As many as the sort key has room for. */
const BLOCKS_MAX = 32_768;

/** Blocks sorted at a time. */
const STEP_BLOCKS = 32;

/**
 * Sources whose numbers are translated by one statement: it holds the numbers of all of their annotations at once, for
 * a million documents more than the engine may have.
 */
const SOURCES_AT_ONCE = 2;

/** Expects the traces to be numbered and copied. */
export async function buildAnnotations(run: BuildRun, traceCount: number): Promise<void> {
  await runBuild(run, 'annotations', {
    annotations: allOf(run, 'annotation-values'),
    sets: allOf(run, 'annotation-sets'),
  });
  for (const [no, { prefix }] of run.from.entries()) await runBuild(run, 'annotation-numbers', { from: prefix, no });
  await run.pause();
  const block = blockTraces(await countPostings(run), traceCount);
  const step = block * STEP_BLOCKS;
  const pieces = run.from.map((source, no) => pieceOf('postings', source, no));
  for (let first = 0; first < traceCount; first += step) {
    await copyPostings(run, { pieces, block, first, end: first + step });
    await run.pause();
  }
  for (const no of run.from.keys()) await drop(run, `build_values_${no}`, `build_sets_${no}`);
  await drop(run, 'build_values', 'build_sets');
}

/** What heads and slices have in the same tables. */
function allOf({ from }: BuildRun, name: string): string {
  return from.map(({ prefix }) => fillQuery(`build/${name}`, { from: prefix })).join(UNION);
}

interface PostingStep {
  /** A source each. */
  readonly pieces: readonly string[];
  readonly block: number;
  readonly first: number;
  readonly end: number;
}

async function copyPostings(run: BuildRun, { pieces, block, first, end }: PostingStep): Promise<void> {
  const { into, runner } = run;
  if (pieces.length <= SOURCES_AT_ONCE) {
    const sql = fillQuery('build/postings', { into, postings: pieces.join(UNION), block });
    await runner.run(sql, [first, end], [INTEGER, INTEGER]);
    return;
  }
  await runBuild(run, 'gathered');
  for (let from = 0; from < pieces.length; from += SOURCES_AT_ONCE) {
    const postings = pieces.slice(from, from + SOURCES_AT_ONCE).join(UNION);
    await runner.run(fillQuery('build/gather', { postings }), [first, end], [INTEGER, INTEGER]);
    await run.pause();
  }
  await runBuild(run, 'postings', { postings: 'FROM build_gathered', block });
  await drop(run, 'build_gathered');
}

const UNION = '\nUNION ALL\n';

async function countPostings(run: BuildRun): Promise<number> {
  const sql = `SELECT coalesce(sum(posting_count), 0) FROM (${unionOf(run, 'posting-count')})`;
  const [count] = await readRow(run, sql);
  return toNumber(count);
}

/** A power of two. */
function blockTraces(postingCount: number, traceCount: number): number {
  const perTrace = Math.max(postingCount / Math.max(traceCount, 1), 1);
  const wanted = 2 ** Math.round(Math.log2(BLOCK_POSTINGS / perTrace));
  return Math.min(
    Math.max(wanted, BLOCK_TRACES_MIN, 2 ** Math.ceil(Math.log2(traceCount / BLOCKS_MAX))),
    BLOCK_TRACES_MAX,
  );
}
