import { parseArgs } from 'node:util';
import { checkFolder, describeFolder, isFolderError, type StoreDescription } from '@fluoroscope/server';

const HELP = `usage: fluoroscope store check [--data-dir DIR]
       fluoroscope store stats [--data-dir DIR] [--json]

check reads everything in the data folder of a stopped server, journal and embedded store, and says what does not
hold together: ends with 0 when all does, 1 when not.
stats says what the embedded store of a stopped server holds: its slices, their days, traces, documents and bytes.

DIR is what serve was given: --data-dir, FLUOROSCOPE_DATA_DIR or ./fluoroscope-data.`;

const EXIT_DAMAGED = 1;
const EXIT_USAGE = 2;

export async function storeCommand(argv: readonly string[]): Promise<number> {
  const asked = parse(argv);
  if (asked === 'help') {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  if (typeof asked === 'string') {
    process.stderr.write(`fluoroscope: ${asked}; fluoroscope store --help says more\n`);
    return EXIT_USAGE;
  }
  try {
    return asked.command === 'check' ? await check(asked.dataDir) : await stats(asked.dataDir, asked.json);
  } catch (error) {
    if (!isFolderError(error)) throw error;
    process.stderr.write(`fluoroscope: ${error.message.replace(/^\[[a-z-]+\] /, '')}\n`);
    return EXIT_USAGE;
  }
}

interface Asked {
  readonly command: 'check' | 'stats';
  readonly dataDir: string;
  readonly json: boolean;
}

/** What is wrong with it, when it is text. */
function parse(argv: readonly string[]): Asked | string {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  const options = { 'data-dir': { type: 'string' }, json: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [command, ...others] = positionals;
    if ((command !== 'check' && command !== 'stats') || others.length > 0) return 'store takes check or stats';
    // oxlint-disable-next-line node/no-process-env -- a composition root
    const dataDir = values['data-dir'] ?? process.env['FLUOROSCOPE_DATA_DIR'] ?? './fluoroscope-data';
    return { command, dataDir, json: values.json ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function check(dataDir: string): Promise<number> {
  const { problems, journalRecordCount } = await checkFolder(dataDir);
  for (const { file, problem } of problems) process.stdout.write(`${file}: ${problem}\n`);
  const { slices } = problems.length === 0 ? await describeFolder(dataDir) : { slices: [] };
  if (problems.length > 0) {
    process.stdout.write(`${problems.length} problem${problems.length === 1 ? '' : 's'}\n`);
    return EXIT_DAMAGED;
  }
  const documents = sum(slices.map(({ documentCount }) => documentCount));
  const counted = `${slices.length} slices with ${documents} documents, ${journalRecordCount} journal records`;
  process.stdout.write(`sound: ${counted}\n`);
  return 0;
}

async function stats(dataDir: string, json: boolean): Promise<number> {
  const description = await describeFolder(dataDir);
  process.stdout.write(json ? `${JSON.stringify(description, null, 2)}\n` : printDescription(description));
  return 0;
}

const COLUMNS = ['slice', 'first arrival', 'last arrival', 'traces', 'documents', 'MiB'] as const;

function printDescription({ slices, retainedFromUs }: StoreDescription): string {
  const rows = slices.map((slice) => [
    slice.file,
    printTime(slice.firstReceivedUs),
    printTime(slice.lastReceivedUs),
    String(slice.traceCount),
    String(slice.documentCount),
    printMib(slice.sizeBytes),
  ]);
  const totals = [
    'all',
    '',
    '',
    String(sum(slices.map(({ traceCount }) => traceCount))),
    String(sum(slices.map(({ documentCount }) => documentCount))),
    printMib(sum(slices.map(({ sizeBytes }) => sizeBytes))),
  ];
  const bytesByTable = new Map<string, number>();
  for (const { name, sizeBytes } of slices.flatMap(({ tables }) => tables)) {
    bytesByTable.set(name, (bytesByTable.get(name) ?? 0) + sizeBytes);
  }
  const tables = [...bytesByTable]
    .sort(([, a], [, b]) => b - a)
    .map(([name, sizeBytes]) => [name, printMib(sizeBytes)]);
  const retained = retainedFromUs === null ? [] : [`graphs begin at ${printTime(retainedFromUs)}`];
  return [
    ...printTable([COLUMNS, ...rows, totals]),
    '',
    ...printTable([['table', 'MiB'], ...tables]),
    ...retained,
    '',
  ].join('\n');
}

function printTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function printTime(us: number | null): string {
  return us === null ? '-' : new Date(us / 1_000).toISOString().slice(0, 19).replace('T', ' ');
}

function printMib(sizeBytes: number): string {
  return (sizeBytes / 1024 ** 2).toFixed(1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
