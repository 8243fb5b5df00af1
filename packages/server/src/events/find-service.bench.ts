/** `npx tsx --conditions=source packages/server/src/events/find-service.bench.ts`: what it costs to say whose a dropped document was. */
import { findService } from './find-service.ts';

const ROUNDS = 200_000;
const CALL = { id: '1111111111111111', name: 'call', namespace: 'remote', start_time: 1, end_time: 2 };

for (const [name, calls] of [
  ['1 kB', 6],
  ['64 kB', 650],
] as const) {
  const text = JSON.stringify({ trace_id: 'x', id: 'x', subsegments: Array.from({ length: calls }, () => CALL) });
  const named = text.replace('{', '{"name":"shop",');
  if (findService(named) !== 'shop') throw new Error('another service');
  const rounds = ROUNDS / calls;
  measure(`${name}, found`, rounds, () => findService(named));
  measure(`${name}, parsed`, rounds, () => JSON.parse(named));
}

function measure(name: string, rounds: number, run: () => unknown): void {
  for (let round = 0; round < rounds / 10; round += 1) run();
  const started = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) run();
  const { user, system } = process.cpuUsage(started);
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${((user + system) / rounds).toFixed(2)} µs CPU`);
}
