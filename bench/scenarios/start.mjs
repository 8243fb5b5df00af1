import { startServer } from '../server.mjs';

const STARTS = 7;

/** The server's own part of a start: process begun to "ready", clean folder. */
export async function start() {
  const readyMs = [];
  for (let count = 0; count < STARTS; count += 1) {
    const server = await startServer();
    readyMs.push(server.readyMs);
    await server.stop();
  }
  readyMs.sort((a, b) => a - b);
  return { starts: STARTS, minMs: readyMs[0], medianMs: readyMs[Math.floor(STARTS / 2)], maxMs: readyMs.at(-1) };
}
