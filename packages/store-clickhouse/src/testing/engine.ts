import { spawn, type ChildProcess } from 'node:child_process';
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
  /** Ends it with a signal that it cannot catch, and starts it again at the same address with what was on its disk. */
  killAndStartAgain(): Promise<void>;
  /** Stops its clock, as it were: connections are taken and not answered. */
  pause(): void;
  goOn(): void;
}

/** As the process expects them; with what is easily lost on the way. */
const CREDENTIALS = { username: 'fluoroscope', password: 'it\'s a "secret"' };
const PROGRAM = fileURLToPath(new URL('engine-process.e2e.ts', import.meta.url));

export async function startEngine(): Promise<Engine> {
  // In memory where that can be had: a test's server need not outlive the power, and fsyncs of others would slow it down.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fluoroscope-clickhouse-'));
  let { child, port } = await startProcess(folder, 0);
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ url, ...CREDENTIALS, log: { level: ClickHouseLogLevel.OFF } });
  return {
    url,
    credentials: CREDENTIALS,
    run: async (query) => void (await client.command({ query })),
    rows: async (query) => (await client.query({ query, format: 'JSONCompactEachRow' })).json<readonly unknown[]>(),
    async killAndStartAgain() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      ({ child, port } = await startProcess(folder, port));
    },
    pause: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await client.close();
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startProcess(folder: string, at: number): Promise<{ child: ChildProcess; port: number }> {
  const args = ['--conditions=source', '--import', 'tsx', PROGRAM, findChdb(), folder, String(at)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { value: line } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  if (line !== undefined) return { child, port: Number(line) };
  await rm(folder, { recursive: true, force: true });
  throw new Error('the engine ended before it listened');
}
