import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  CollectorError,
  printFaults,
  readCollectorConfig,
  startCollector,
  type RunningCollector,
} from '@fluoroscope/daemon';
import { stopSignal } from '../stop-signal.ts';

/** A bad flag or configuration, a port in use: the user's to mend. */
const EXIT_SETTING = 2;

const HELP = `usage: fluoroscope collector --config FILE

Receives traces, changes them and sends them on, as FILE says (docs/collector.md).

  --config FILE   receivers, processors, exporters and pipelines, in YAML
  --validate      check FILE and end

SIGHUP reads FILE once more; when it cannot be used, the one before stays. SIGTERM sends on what is held, and ends.`;

export async function collectorCommand(argv: readonly string[]): Promise<number> {
  const flags = readFlags(argv);
  if (typeof flags === 'string') {
    process.stderr.write(`fluoroscope: ${flags}; fluoroscope collector --help lists the flags\n`);
    return EXIT_SETTING;
  }
  if (flags.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  return flags.validate ? checkFile(flags.config) : run(flags.config);
}

interface Flags {
  readonly config: string;
  readonly validate: boolean;
  readonly help: boolean;
}

/** A text says what is wrong. */
function readFlags(argv: readonly string[]): Flags | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string' },
        validate: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { config, validate, help } = values;
    if (config === undefined && !help) return 'collector needs --config FILE';
    return { config: config ?? '', validate, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function checkFile(file: string): Promise<number> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch {
    process.stderr.write(`fluoroscope: ${file}: cannot be read\n`);
    return EXIT_SETTING;
  }
  const read = readCollectorConfig(source, process.env);
  if (read.ok) {
    process.stdout.write(`${file} can be used\n`);
    return 0;
  }
  process.stderr.write(`${printFaults(file, read.problem)}\n`);
  return EXIT_SETTING;
}

async function run(file: string): Promise<number> {
  const stop = stopSignal();
  const collector = await start(file);
  if (collector === undefined) return EXIT_SETTING;
  process.on('SIGHUP', () => void collector.reload());
  await stop;
  await collector[Symbol.asyncDispose]();
  return 0;
}

async function start(file: string): Promise<RunningCollector | undefined> {
  try {
    const collector = await startCollector(file, {
      readText: () => readFile(file, 'utf8'),
      environment: process.env,
      writeLine: (line) => process.stderr.write(`${line}\n`),
    });
    for (const { protocol, address } of collector.addresses()) {
      process.stdout.write(`${protocol} listening on ${address}\n`);
    }
    for (const notice of collector.notices) process.stdout.write(`note: ${notice}\n`);
    process.stdout.write(`ready in ${Math.round(performance.now())} ms\n`);
    return collector;
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error;
    process.stderr.write(`fluoroscope: ${error.message}\n`);
    return undefined;
  }
}
