// npx tsx --conditions=source packages/query/src/filter/filter.bench.ts
import assert from 'node:assert/strict';
import { readCorpus } from '@fluoroscope/testkit';
import { readFilter } from './filter.ts';
import { parseFilter } from './parser.ts';

const ROUNDS = 1_000;
/** Expressions parsed in a second of processor time. */
const PARSED_PER_SECOND_MIN = 200_000;

// XRAY-SPEC §5.4, and what else can be searched with.
const expressions = [
  ...readCorpus('filter/valid'),
  ...readCorpus('filter/verified').map((line) => line.slice(line.indexOf(' <= ') + 4)),
];
for (const text of expressions) assert.equal(parseFilter(text).ok, true, text);

const parsed = perSecond('parsed', parseFilter);
perSecond('parsed, checked and planned', (text) => readFilter(text, null));
assert.ok(parsed >= PARSED_PER_SECOND_MIN, `${Math.round(parsed)} a second`);

function perSecond(name: string, work: (text: string) => unknown): number {
  for (const text of expressions) work(text);
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) for (const text of expressions) work(text);
  const { user, system } = process.cpuUsage(before);
  const rate = (ROUNDS * expressions.length) / ((user + system) / 1e6);
  process.stdout.write(`${name}: ${Math.round(rate).toLocaleString('en')} a second\n`);
  return rate;
}
