import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Condition } from '@fluoroscope/store';
import { batchOf, rowOf, serviceOf, sortRows, traceIdOf, traceQueryOf } from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { openDuckDbStore } from '../open.ts';

const FINDINGS = { outcomes: [2], causes: { shape: '[1]', coverages: [1_000, 500] } };

test('slices of 0.1 have neither outcomes nor causes, and are merged with those that do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-findings-'));
  const dir = join(folder, 'store');
  const openStore = () =>
    openDuckDbStore({ dir, memoryBytesMax: 256 * 2 ** 20, threads: 1, headBytesMax: 1, mergeSlicesMin: 3 });
  const rowAt = (number: number) => rowOf(number, { services: [serviceOf('a')], ...FINDINGS });
  const bare = (number: number) => ({ ...rowAt(number), outcomes: [], causes: null });
  try {
    {
      await using store = await openStore();
      await store.write(batchOf(1, { traces: [rowAt(1)] }));
      await store.flush();
    }
    await forgetFindings(dir);
    await using store = await openStore();
    expect(await store.readTraceRows([traceIdOf(1)])).toEqual([bare(1)]);
    const find = async (outcomes: number, ofUnknown: boolean): Promise<number> => {
      const service = { name: 'a', type: null, accountId: null };
      const condition: Condition = { op: 'outcome', ...service, outcomes, ofUnknown };
      return (await store.findTraces(traceQueryOf({ condition }))).rows.length;
    };
    expect([await find(2, false), await find(4, true)]).toEqual([0, 1]);
    for (const number of [2, 3, 4]) {
      await store.write(batchOf(number, { traces: [rowAt(number)] }));
      await store.flush();
    }
    const rows = await store.readTraceRows([1, 2, 3, 4].map(traceIdOf));
    expect(sortRows(rows)).toEqual([bare(1), rowAt(2), rowAt(3), rowAt(4)]);
    expect([await find(2, false), await find(2, true), await find(4, true)]).toEqual([3, 4, 1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Makes of every slice what 0.1 wrote. */
async function forgetFindings(dir: string): Promise<void> {
  const files = (await readdir(dir)).filter((name) => /^\d+-\d+\.duckdb$/.test(name));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const instance = await DuckDBInstance.create(join(dir, file));
    const connection = await instance.connect();
    for (const column of ['outcomes', 'cause_shape', 'cause_coverages']) {
      await connection.run(`ALTER TABLE traces DROP COLUMN ${column}`);
    }
    await connection.run('CHECKPOINT');
    connection.closeSync();
    instance.closeSync();
  }
}
