import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { demoMemory } from './scenarios/demo-memory.mjs';
import { putTraceSegments } from './scenarios/put-trace-segments.mjs';
import { start } from './scenarios/start.mjs';
import { udp } from './scenarios/udp.mjs';
import { visibility } from './scenarios/visibility.mjs';

// `npm run bench [-- SCENARIO …]`: runs the scenarios, keeps the results, rewrites docs/benchmarks.md.

const SEED = 20_261_121;
const SCENARIOS = {
  start: { run: start, options: {}, goal: 'ready ≤ 1,500 ms' },
  'put-trace-segments': {
    run: putTraceSegments,
    options: { seconds: 40 },
    goal: '≥ 10,000 segments/s on one core; nothing unprocessed or lost',
  },
  udp: { run: udp, options: { seconds: 30 }, goal: '10,000/s for 30 s, 0 kernel drops, 0 lost' },
  visibility: { run: visibility, options: { seconds: 30 }, goal: 'acknowledged → in GetTraceSummaries p99 ≤ 1,000 ms' },
  'demo-memory': { run: demoMemory, options: { seconds: 300 }, goal: 'idle ≤ 400 MB after 5 min of the demo' },
};
const RESULTS = fileURLToPath(new URL('results/', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const asked = process.argv.slice(2);
for (const [name, { run, options }] of Object.entries(SCENARIOS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(name);
  const figures = await run({ ...options, seed: SEED });
  console.log(figures);
  keep(name, options, figures);
}
writeFileSync(PAGE, printPage());

function keep(scenario, options, figures) {
  mkdirSync(RESULTS, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const at = new Date().toISOString().slice(0, 19);
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  writeFileSync(
    `${RESULTS}${scenario}-${at.replaceAll(':', '')}.json`,
    `${JSON.stringify({ scenario, at, commit, machine, seed: SEED, options, figures }, null, 2)}\n`,
  );
}

function printPage() {
  const results = readdirSync(RESULTS)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(RESULTS + name, 'utf8')));
  const sections = Object.entries(SCENARIOS).map(([name, { goal }]) => {
    const newest = results.findLast(({ scenario }) => scenario === name);
    if (newest === undefined) return `## ${name}\n\nGoal: ${goal}. Not measured yet.`;
    const rows = Object.entries(newest.figures).map(
      ([figure, value]) => `| ${figure} | ${typeof value === 'number' ? value.toLocaleString('en') : value} |`,
    );
    const { cpu, cores, memoryGb, node } = newest.machine;
    return `## ${name}\n\nGoal: ${goal}.\n\n| figure | value |\n| --- | ---: |\n${rows.join('\n')}\n\n${newest.at}, commit ${newest.commit}, seed ${newest.seed}, Node ${node}, ${cores} × ${cpu}, ${memoryGb} GB.`;
  });
  return `# Benchmarks\n\nMade by \`npm run bench\` from [bench/results](../bench/results): the newest result of each scenario, generator and server on one machine over loopback. What each does is in [bench/scenarios](../bench/scenarios).\n\n${sections.join('\n\n')}\n`;
}
