import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startServer } from '../server.mjs';

const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const IDLE_SECONDS = 20;

/** The server's resident memory, idle, after the demo's shop has sent its traffic for a while. */
export async function demoMemory({ seconds = 300 }) {
  const server = await startServer({ flags: ['--sampling-rate', '1'] });
  try {
    const shop = spawn(
      process.execPath,
      [PROGRAM, 'demo', '--daemon-address', `tcp:${server.http} udp:${server.udp}`, '--seconds', String(seconds)],
      { stdio: 'ignore' },
    );
    await once(shop, 'exit');
    const busyMb = Math.round(server.residentMb());
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
    return {
      shopSeconds: seconds,
      documents: await server.metric('fluoroscope_documents_stored_total'),
      busyMb,
      idleMb: Math.round(server.residentMb()),
    };
  } finally {
    await server.stop();
  }
}
