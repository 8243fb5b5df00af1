import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Source } from '../../source.ts';
import { fillQuery, type Names } from '../../source-sql.ts';
import type { Runner } from './run-aside.ts';

/** One slice being built. Its scratch tables are the connection's temporary ones, named `build_…`. */
export interface BuildRun {
  /** For appenders and single short statements. */
  readonly connection: DuckDBConnection;
  /** On the same connection, for all that takes its time. */
  readonly runner: Runner;
  readonly into: string;
  /** Oldest first; a source goes by its place here. */
  readonly from: readonly Source[];
  /** Between two steps. */
  readonly pause: () => Promise<void>;
}

/** Runs sql/queries/build/NAME.sql. */
export async function runBuild(run: BuildRun, name: string, names: Names = {}): Promise<void> {
  await run.runner.run(fillQuery(`build/${name}`, { into: run.into, ...names }));
}

/** The only row of the answer. */
export async function readRow({ runner }: BuildRun, sql: string): Promise<readonly DuckDBValue[]> {
  const [row = []] = await (await runner.run(sql)).getRows();
  return row;
}

/** What NAME-of-head.sql and NAME-of-slice.sql give, over all sources. */
export function unionOf({ from }: BuildRun, name: string): string {
  return from.map((source, no) => pieceOf(name, source, no)).join('\nUNION ALL\n');
}

export function pieceOf(name: string, { kind, prefix }: Source, no: number): string {
  return fillQuery(`build/${name}-of-${kind}`, { from: prefix, no });
}

/** Numbers of a source that is a slice itself, translated to those of the new one. */
export function mapNumbers(run: BuildRun, name: string): Promise<void> {
  return eachSource(run, 'slice', (from, no) => runBuild(run, name, { from, no }));
}

/** One after another, each source of this kind: its prefix and its place. */
export async function eachSource(
  { from }: BuildRun,
  kind: Source['kind'],
  visit: (prefix: string, no: number) => Promise<void>,
): Promise<void> {
  for (const [no, source] of from.entries()) if (source.kind === kind) await visit(source.prefix, no);
}

export async function drop({ connection }: BuildRun, ...tables: readonly string[]): Promise<void> {
  for (const table of tables) await connection.run(`DROP TABLE temp.${table}`);
}
