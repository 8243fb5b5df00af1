import { parseArgs } from 'node:util';
import { HERE } from './checkout.mjs';
import { SCENARIOS } from './scenarios.mjs';

const SIZES = [1_000_000, 10_000_000];
const QUICK_SIZES = [50_000];
/** Of each query, in a smoke test. */
const QUICK_RUNS = 5;
const SEED = 20_261_121;

const FLAGS = {
  spans: { type: 'string' },
  data: { type: 'string' },
  seconds: { type: 'string' },
  minutes: { type: 'string' },
  seed: { type: 'string' },
  quick: { type: 'boolean' },
  profile: { type: 'boolean' },
  checkout: { type: 'string' },
  against: { type: 'string' },
  pairs: { type: 'string' },
  keep: { type: 'string' },
  page: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

/** The caller's to mend. */
export class OptionError extends Error {}

export function readOptions(argv) {
  const { values, positionals } = parse(argv);
  const unknown = positionals.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown !== undefined) throw new OptionError(`there is no scenario "${unknown}"; --help lists them`);
  if ((values.pairs === undefined) !== (values.against === undefined)) {
    throw new OptionError('--pairs and --against go together');
  }
  return {
    help: values.help === true,
    pageOnly: values.page === true,
    names: positionals.length > 0 ? positionals : Object.keys(SCENARIOS),
    quick: values.quick === true,
    profile: values.profile === true,
    sizes: values.spans === undefined ? (values.quick ? QUICK_SIZES : SIZES) : values.spans.split(',').map(readCount),
    data: values.data ?? null,
    runsMax: values.quick ? QUICK_RUNS : undefined,
    pairs: values.pairs === undefined ? 0 : readCount(values.pairs),
    against: values.against ?? null,
    checkout: values.checkout ?? HERE,
    keep: values.keep ?? null,
    seed: values.seed === undefined ? SEED : readCount(values.seed),
    given: {
      ...(values.seconds !== undefined && { seconds: readCount(values.seconds) }),
      ...(values.minutes !== undefined && { minutes: readCount(values.minutes) }),
    },
  };
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new OptionError(error.message, { cause: error });
  }
}

function readCount(text) {
  const count = Number(text.replaceAll('_', ''));
  if (!(count > 0)) throw new OptionError(`"${text}" is no number above 0`);
  return count;
}

export function helpText() {
  const names = Object.entries(SCENARIOS).map(([name, { title }]) => `  ${name.padEnd(20)}${title}`);
  return `npm run bench -- [SCENARIO …] [flags]    without a name: all of them, which takes hours

${names.join('\n')}

  --spans N[,N]       how much is in the store before it is asked (1000000,10000000)
  --data NAME         only this data: D2, D5 or D5-500
  --seconds N         how long a load lasts
  --minutes N         the same, for memory
  --quick             small sizes and short loads: a smoke test, whose figures are not kept
  --profile           put-trace-segments, otlp, zipkin, kafka-clickhouse with Node's sampling profiler: where the CPU goes
  --pairs N           N times this build and the other in turn: the median of the paired ratios, with the extremes …
  --against DIR       … the other checkout, installed and built
  --checkout DIR      measure another checkout's build instead of this one
  --keep DIR          leave filled stores in this folder, and take those that are there (of the same build: not checked)
  --seed N            of the generators (${SEED})
  --page              only write docs/benchmarks.md from bench/results again`;
}
