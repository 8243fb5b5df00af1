import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { helpText, OptionError, readOptions } from './options.mjs';
import { printPage } from './page.mjs';
import { runPairs } from './pairs.mjs';
import { commitOf, keepResult, readResults } from './results.mjs';
import { SCENARIOS } from './scenarios.mjs';

// `npm run bench [-- SCENARIO …]`: runs the scenarios, keeps the results, writes docs/benchmarks.md.

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(helpText());
    return;
  }
  if (!options.pageOnly) for (const name of options.names) await runScenario(name, options);
  if (!options.quick) writeFileSync(PAGE, printPage(SCENARIOS, readResults()));
}

async function runScenario(name, options) {
  const scenario = SCENARIOS[name];
  for (const variant of variantsOf(scenario, options)) {
    console.log(`${name} ${Object.values(variant).join(' ')}`);
    const settings = { ...scenario.options, ...(options.quick && scenario.quick), ...options.given, ...variant };
    const run = async (checkout) => {
      const { seed, keep, profile, runsMax } = options;
      const { finish, ...result } = await scenario.run({ ...settings, checkout, seed, keep, profile, runsMax });
      return { ...result, ...(finish !== undefined && { profile: finish() }) };
    };
    const kept = { scenario: name, variant, seed: options.seed, options: settings };
    if (options.pairs > 0) await runInPairs(scenario, kept, options, run);
    else await runOnce(kept, options, run);
  }
}

async function runOnce(kept, { checkout, quick }, run) {
  const result = await run(checkout);
  if (result.leftOut !== undefined) {
    console.log(`  left out: ${result.leftOut}`);
    return;
  }
  console.log(result.figures);
  if (result.profile !== undefined) console.dir(result.profile, { depth: 4 });
  if (!quick) keepResult(checkout, { ...kept, ...result });
}

async function runInPairs({ compared }, kept, { checkout, against, pairs, quick }, run) {
  if (compared === undefined) {
    console.log('  is not made for pairs: it asks the same store again and again');
    return;
  }
  const result = await runPairs(
    pairs,
    () => run(checkout),
    () => run(against),
    compared,
  );
  console.log(result.ratios);
  if (!quick) keepResult(checkout, { ...kept, against: commitOf(against), ...result });
}

function variantsOf({ variants = [{}], quickVariants, sized }, { quick, sizes, data }) {
  return (quick && quickVariants ? quickVariants : variants)
    .filter((variant) => data === null || variant.data === undefined || variant.data === data)
    .flatMap((variant) => (sized ? sizes.map((spans) => ({ ...variant, spans })) : [variant]));
}

// So that what is to be done at the end is done.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  await main();
} catch (error) {
  console.error(error instanceof OptionError ? error.message : error);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
