import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { findChdb } from '../../../../tools/chdb.mjs';

/** ClickHouse's engine in a process of its own, spoken to over HTTP as a server. */
export interface Engine extends AsyncDisposable {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** A statement, beside the store under test. */
  run(sql: string): Promise<void>;
  /** Rows of a query, beside the store under test. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

/** As the process expects them; with what is easily lost on the way. */
const CREDENTIALS = { username: 'fluoroscope', password: 'it\'s a "secret"' };
const PROGRAM = fileURLToPath(new URL('engine-process.e2e.ts', import.meta.url));

export async function startEngine(): Promise<Engine> {
  // In memory where that can be had: a test's server need not outlive the power, and fsyncs of others would slow it down.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fluoroscope-clickhouse-'));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', PROGRAM, findChdb(), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value: port } = await lines.next();
  if (port === undefined) {
    await rm(folder, { recursive: true, force: true });
    throw new Error('the engine ended before it listened');
  }
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ url, ...CREDENTIALS, log: { level: ClickHouseLogLevel.OFF } });
  return {
    url,
    credentials: CREDENTIALS,
    run: async (query) => void (await client.command({ query })),
    rows: async (query) => (await client.query({ query, format: 'JSONCompactEachRow' })).json<readonly unknown[]>(),
    async [Symbol.asyncDispose]() {
      await client.close();
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
