import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, startProgram } from './run-command.mjs';

/**
 * Starts `fluoroscope serve` on free ports and a data folder of its own.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env] beside the environment it would have
 */
export async function startServer(program, env) {
  const dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-interop-'));
  const removeData = () => rm(dataDir, { recursive: true, force: true });
  const flags = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', dataDir];
  const args = [program, 'serve', ...flags, '--sampling-rate', '1'];
  try {
    const running = await startProgram(process.execPath, args, { ready: /^ready/m, cwd: dataDir, env: cleanEnv(env) });
    const http = addressIn(running.printed(), 'http');
    const udp = addressIn(running.printed(), 'udp');
    return {
      /** What X-Ray's clients call their endpoint. */
      endpoint: `http://${http}`,
      /** For AWS_XRAY_DAEMON_ADDRESS. */
      daemonAddress: `tcp:${http} udp:${udp}`,
      printed: running.printed,
      async stop() {
        await running.stop();
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}

function addressIn(printed, listener) {
  const [, address] = new RegExp(`^${listener} listening on (?:\\w+://)?(\\S+:\\d+)`, 'm').exec(printed) ?? [];
  if (address === undefined) throw new Error(`the server did not say where ${listener} listens:\n${printed}`);
  return address;
}
