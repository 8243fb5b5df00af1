import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { HERE, programOf } from '../checkout.mjs';
import { startServer } from '../server.mjs';

const IDLE_SECONDS = 20;

/** The server's resident memory, idle, after the demo's shop has sent its traffic for a while. */
export async function demoMemory({ checkout, seconds }) {
  const server = await startServer({ checkout, flags: ['--sampling-rate', '1'] });
  try {
    const shop = spawn(
      process.execPath,
      [
        programOf(checkout ?? HERE),
        'demo',
        '--daemon-address',
        `tcp:${server.http} udp:${server.udp}`,
        '--seconds',
        String(seconds),
      ],
      { stdio: 'ignore' },
    );
    await once(shop, 'exit');
    const busyMb = Math.round(server.residentMb());
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
    return {
      figures: {
        shopSeconds: seconds,
        documents: await server.metric('fluoroscope_documents_stored_total'),
        busyMb,
        idleMb: Math.round(server.residentMb()),
      },
    };
  } finally {
    await server.stop();
  }
}
