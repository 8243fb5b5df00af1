import { BIGINT } from '@duckdb/node-api';
import { fillQuery } from '../../source-sql.ts';
import { findingsSql } from '../../source.ts';
import { readQuery } from '../../sql-files.ts';
import { toBigInt, toNumber } from '../../values.ts';
import { drop, readRow, runBuild, unionOf, type BuildRun } from './build-run.ts';

/** Copied and sorted at a time, with their texts in memory: as many as a row group of the slice. */
const STEP_ROWS = 16_384n;

/** Of a source, rows that are decompressed together. */
const VECTOR_ROWS = 2_048n;

/** Parts of one step; with more of them, each source is read from its first wanted row to its last. */
const STRETCHES_MAX = 64;

/** Every document, by trace number; within a trace oldest source first, then as they stand there. */
export async function copyDocuments(run: BuildRun): Promise<void> {
  await runBuild(run, 'places', { rows: unionOf(run, 'document-places') });
  await copyPlaces(run, 'documents');
}

/** The row that stands of each trace, by trace number. */
export async function copyTraces(run: BuildRun): Promise<void> {
  const rows = 'SELECT trace_no, row_source AS source_no, row_id FROM build_ids WHERE row_source IS NOT NULL';
  await runBuild(run, 'places', { rows });
  await copyPlaces(run, 'traces');
}

async function copyPlaces(run: BuildRun, table: 'documents' | 'traces'): Promise<void> {
  const [count] = await readRow(run, 'SELECT count(*) FROM build_places');
  const placeCount = toBigInt(count);
  for (let first = 0n; first < placeCount; first += STEP_ROWS) {
    await copyStep(run, table, first);
    await run.pause();
  }
  await drop(run, 'build_places');
}

async function copyStep(run: BuildRun, table: 'documents' | 'traces', first: bigint): Promise<void> {
  const end = first + STEP_ROWS;
  const pieces = (await readStretches(run, first, end)).flatMap(({ no, firstId, lastId }) => {
    const source = run.from[no];
    if (source === undefined) return [];
    const findings = findingsSql(source);
    const names = { from: source.prefix, no, first: String(firstId), last: String(lastId), findings };
    return [fillQuery(`build/${table}-of-${source.kind}`, names)];
  });
  const names = { into: run.into, table, rows: pieces.join('\nUNION ALL\n') };
  await run.runner.run(fillQuery('build/copy', names), [first, end], [BIGINT, BIGINT]);
}

/** Rows of one source, without wide gaps: what lies between two wanted ones is read too. */
interface Stretch {
  readonly no: number;
  readonly firstId: bigint;
  lastId: bigint;
}

async function readStretches(run: BuildRun, first: bigint, end: bigint): Promise<readonly Stretch[]> {
  const found = await run.runner.run(readQuery('build/stretches'), [first, end, VECTOR_ROWS], [BIGINT, BIGINT, BIGINT]);
  const rows = await found.getRows();
  const vectors = rows.map(([no, vectorNo]) => ({ no: toNumber(no), vectorNo: toBigInt(vectorNo) }));
  const stretches = joinVectors(vectors, 1n);
  return stretches.length > STRETCHES_MAX ? joinVectors(vectors, BigInt(Number.MAX_SAFE_INTEGER)) : stretches;
}

/** By source and number, ascending. */
function joinVectors(
  vectors: readonly { readonly no: number; readonly vectorNo: bigint }[],
  gapMax: bigint,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { no, vectorNo } of vectors) {
    const firstId = vectorNo * VECTOR_ROWS;
    const last = stretches.at(-1);
    if (last !== undefined && last.no === no && firstId - last.lastId <= gapMax * VECTOR_ROWS) {
      last.lastId = firstId + VECTOR_ROWS - 1n;
    } else {
      stretches.push({ no, firstId, lastId: firstId + VECTOR_ROWS - 1n });
    }
  }
  return stretches;
}
