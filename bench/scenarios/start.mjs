import { median } from '../numbers.mjs';
import { startServer } from '../server.mjs';

const STARTS = 7;

/** P14, the first half. From the process begun to "ready", empty folder; `own` by the program's own clock. */
export async function start({ checkout }) {
  const upMs = [];
  const readyMs = [];
  for (let count = 0; count < STARTS; count += 1) {
    const server = await startServer({ checkout });
    upMs.push(server.upMs);
    readyMs.push(server.readyMs);
    await server.stop();
  }
  return {
    figures: {
      starts: STARTS,
      medianMs: median(upMs),
      minMs: Math.min(...upMs),
      maxMs: Math.max(...upMs),
      ownMedianMs: median(readyMs),
    },
  };
}
