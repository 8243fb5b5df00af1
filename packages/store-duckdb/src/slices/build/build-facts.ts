import { BIGINT, type DuckDBValue } from '@duckdb/node-api';
import { bucketNumber, latencyBucketUs } from '@fluoroscope/model';
import { scanColumns, type Chunk } from '../../readers/columns.ts';
import { fillQuery } from '../../source-sql.ts';
import { toBigInt, toNumber } from '../../values.ts';
import { drop, eachSource, mapNumbers, readRow, runBuild, unionOf, type BuildRun } from './build-run.ts';
import { giveBackFactTables, takeFactTables, type FactTables } from './fact-tables.ts';
import { createKeySets, type KeySets } from './key-sets.ts';
import { createRollup, type Rollup } from './rollup.ts';

/** Sorted at a time and then walked through, in one go, in JavaScript: some 20 ms. */
const STEP_FACTS = 262_144;

/** Expects the traces to be numbered. */
export async function buildFacts(run: BuildRun): Promise<void> {
  await runBuild(run, 'keys', { keys: unionOf(run, 'keys') });
  await mapNumbers(run, 'key-numbers');
  const tables = takeFactTables();
  try {
    await tables.begin(run.connection, run.into);
    await writeFacts(run, tables);
    tables.finish();
  } catch (error) {
    tables.abandon();
    throw error;
  } finally {
    giveBackFactTables(tables);
  }
  await eachSource(run, 'slice', (_from, no) => drop(run, `build_key_sets_${no}`));
  await drop(run, 'build_keys');
}

async function writeFacts(run: BuildRun, tables: FactTables): Promise<void> {
  const walk = createWalk(tables);
  const sql = fillQuery('build/facts', { facts: unionOf(run, 'facts') });
  let firstUs = -(2n ** 62n);
  for (const endUs of await readStepEnds(run)) {
    const statement = { sql, values: [firstUs, endUs], types: [BIGINT, BIGINT] };
    await scanColumns(run.runner, statement, (chunk) => addChunk(walk, chunk));
    await run.pause();
    firstUs = endUs;
  }
  writeRun(walk);
  for (const rollup of walk.rollups) rollup.finish();
}

/** Facts that are alike in all but their keys and counts come one after another, and become one row for each count. */
interface FactWalk {
  readonly tables: FactTables;
  readonly keySets: KeySets;
  readonly rollups: readonly Rollup[];
  /** Of the facts gathered, ascending, with their counts; empty before the first one. */
  keyNos: number[];
  factCounts: number[];
  endUs: number;
  durationUs: number;
  traceNo: number;
  outcome: number;
}

function createWalk(tables: FactTables): FactWalk {
  return {
    tables,
    keySets: createKeySets(tables.writeKeySet),
    rollups: [createRollup(5, tables.rollups[5]), createRollup(60, tables.rollups[60])],
    keyNos: [],
    factCounts: [],
    endUs: 0,
    durationUs: 0,
    traceNo: 0,
    outcome: 0,
  };
}

function addChunk(walk: FactWalk, chunk: Chunk): void {
  const [ends, durations] = [chunk.float64(0), chunk.float64(1)];
  const [traceNos, keyNos, outcomes, factCounts] = [chunk.int32(2), chunk.int32(3), chunk.uint8(4), chunk.int32(5)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const [endUs, durationUs] = [ends[row] ?? 0, durations[row] ?? 0];
    const [traceNo, outcome, factCount] = [traceNos[row] ?? 0, outcomes[row] ?? 0, factCounts[row] ?? 0];
    const isAlike =
      endUs === walk.endUs && durationUs === walk.durationUs && traceNo === walk.traceNo && outcome === walk.outcome;
    if (!isAlike) {
      writeRun(walk);
      walk.endUs = endUs;
      walk.durationUs = durationUs;
      walk.traceNo = traceNo;
      walk.outcome = outcome;
    }
    addFact(walk, keyNos[row] ?? 0, factCount);
  }
}

/** Equal facts add up, so those taken back vanish. */
function addFact({ keyNos, factCounts }: FactWalk, keyNo: number, factCount: number): void {
  const last = keyNos.length - 1;
  if (keyNos[last] === keyNo) {
    factCounts[last] = (factCounts[last] ?? 0) + factCount;
  } else {
    keyNos.push(keyNo);
    factCounts.push(factCount);
  }
}

function writeRun(walk: FactWalk): void {
  const { keyNos, factCounts } = walk;
  const [first = 0] = factCounts;
  // Nearly always: one fact of each key.
  if (factCounts.every((count) => count === first)) {
    writeAlike(walk, keyNos, first);
  } else {
    for (const count of [...new Set(factCounts)].sort((a, b) => a - b)) {
      writeAlike(
        walk,
        keyNos.filter((_keyNo, at) => factCounts[at] === count),
        count,
      );
    }
  }
  keyNos.length = 0;
  factCounts.length = 0;
}

function writeAlike(walk: FactWalk, keyNos: readonly number[], factCount: number): void {
  if (keyNos.length === 0 || factCount === 0) return;
  const { endUs, durationUs, outcome, rollups } = walk;
  walk.tables.writeFact(endUs, durationUs, walk.traceNo, walk.keySets.numberOf(keyNos), outcome, factCount);
  const times = { durationUs, endUs, bucket: bucketNumber(latencyBucketUs(durationUs)) };
  for (const rollup of rollups) for (const keyNo of keyNos) rollup.add(keyNo, outcome, factCount, times);
}

/** Where steps of about equally many facts end, ascending; the last one behind every fact. */
async function readStepEnds(run: BuildRun): Promise<readonly bigint[]> {
  const ends = unionOf(run, 'ends');
  const [count] = await readRow(run, `SELECT count(*) FROM (${ends})`);
  const stepCount = Math.ceil(toNumber(count) / STEP_FACTS);
  if (stepCount === 0) return [];
  const cuts: bigint[] = [];
  if (stepCount > 1) {
    const shares = Array.from({ length: stepCount - 1 }, (_item, at) => (at + 1) / stepCount).join(', ');
    const sql = `SELECT unnest(approx_quantile(end_us, [${shares}])) FROM (${ends})`;
    for (const [cut] of await (await run.runner.run(sql)).getRows()) cuts.push(toWhole(cut));
  }
  return [...cuts.sort((a, b) => (a < b ? -1 : 1)), 2n ** 62n];
}

function toWhole(value: DuckDBValue | undefined): bigint {
  return typeof value === 'number' ? BigInt(Math.round(value)) : toBigInt(value);
}
