import { readPlan, type Plan } from './arguments.ts';

// `npm run test:torture [-- SCENARIO …] [--seed N] [--cycles N] [--minutes N]`: the full sizes of RELIABILITY R1–R9.

let plan: Plan;
try {
  plan = readPlan(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
for (const { name, run, cycles, minutes } of plan.scenarios) {
  const startedMs = performance.now();
  const tell = (line: string): void =>
    console.log(`${name} ${Math.round((performance.now() - startedMs) / 1_000)} s: ${line}`);
  const options = {
    seed: plan.seed,
    cycles: plan.cycles ?? cycles,
    minutes: plan.minutes ?? minutes,
    isTimed: true,
    tell,
  };
  console.log(`${name}: seed ${options.seed}, ${options.cycles} cycles, ${options.minutes} minutes`);
  const { violations, figures } = await run(options);
  console.log(JSON.stringify({ name, seed: options.seed, figures, violations }, null, 2));
  console.log(`${violations.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (violations.length > 0) process.exitCode = 1;
}
