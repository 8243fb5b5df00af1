import { setTimeout as sleep } from 'node:timers/promises';

// Runs one library after the other: `node main.mjs postgres …`. Every line that is printed names a trace.
for (const name of process.argv.slice(2)) {
  const { run } = await import(`./${name}.mjs`);
  await run(JSON.parse(process.env.SERVERS ?? '{}'));
}
// Datagrams leave after the code that wrote them.
await sleep(100);
process.exit(0);
