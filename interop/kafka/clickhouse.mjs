import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChdb } from '../../tools/chdb.mjs';
import { startProgram } from '../run-command.mjs';

const PROGRAM = fileURLToPath(
  new URL('../../packages/store-clickhouse/src/testing/engine-process.e2e.ts', import.meta.url),
);
const READY_MS_MAX = 60_000;
/** As the program expects them. */
const CREDENTIALS = { username: 'fluoroscope', password: 'it\'s a "secret"' };

/** ClickHouse's engine behind its HTTP interface, in a process that several servers can share; its data goes with it. */
export async function startClickHouse() {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(parent, 'fluoroscope-interop-clickhouse-'));
  const credentialsFile = join(folder, 'credentials.yaml');
  await writeFile(credentialsFile, JSON.stringify(CREDENTIALS), { mode: 0o600 });
  const args = ['--conditions=source', '--import', 'tsx', PROGRAM, findChdb(), join(folder, 'engine')];
  const running = await startProgram(process.execPath, args, { ready: /^\d+\n/, readyMsMax: READY_MS_MAX });
  const port = Number.parseInt(running.printed(), 10);
  return {
    url: `http://127.0.0.1:${port}`,
    credentialsFile,
    async stop() {
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
