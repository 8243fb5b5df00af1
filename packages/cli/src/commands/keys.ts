import { parseArgs } from 'node:util';
import { createKey, listKeys, revokeKey, SCOPES, StartError, type Scope } from '@fluoroscope/server';

const HELP = `usage: fluoroscope keys create [--scopes SCOPE,…] [--name NAME] [--data-dir DIR] [--json]
       fluoroscope keys list [--data-dir DIR] [--json]
       fluoroscope keys revoke KEY_ID [--data-dir DIR]

Access keys of the server whose data folder DIR is, running or not; a running one sees a change within two seconds.
The first key closes the server to whoever has none. A secret is shown once, when its key is made.

  ingest    send traces, ask for sampling rules and targets
  read      ask and look at everything; what a key has that names no scopes
  operator  read, and change groups, sampling rules, tags and the map
  admin     all of it, and resource policies and encryption

DIR is what serve was given: --data-dir, FLUOROSCOPE_DATA_DIR or ./fluoroscope-data.`;

const EXIT_UNKNOWN = 1;
const EXIT_USAGE = 2;

export async function keysCommand(argv: readonly string[]): Promise<number> {
  const asked = parse(argv);
  if (asked === 'help') {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  if (typeof asked === 'string') {
    process.stderr.write(`fluoroscope: ${asked}; fluoroscope keys --help says more\n`);
    return EXIT_USAGE;
  }
  try {
    return await run(asked);
  } catch (error) {
    const isTheirs = error instanceof StartError || (error instanceof Error && 'code' in error);
    if (!isTheirs) throw error;
    process.stderr.write(`fluoroscope: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

interface Asked {
  readonly command: 'create' | 'list' | 'revoke';
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly dataDir: string;
  readonly json: boolean;
}

/** What is wrong with it, when it is text. */
function parse(argv: readonly string[]): Asked | string {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  const text = { type: 'string' } as const;
  const options = { 'data-dir': text, name: text, scopes: text, json: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [command, keyId = '', ...others] = positionals;
    if (command !== 'create' && command !== 'list' && command !== 'revoke') return 'keys takes create, list or revoke';
    if ((command === 'revoke') !== (keyId !== '') || others.length > 0)
      return `keys ${command} takes ${command === 'revoke' ? 'one KEY_ID' : 'flags only'}`;
    if (command !== 'create' && (values.scopes ?? values.name) !== undefined)
      return '--scopes and --name belong to keys create';
    const scopes = parseScopes(values.scopes ?? 'read');
    if (scopes === null) return `--scopes takes ${SCOPES.join(', ')}, separated by commas`;
    // oxlint-disable-next-line node/no-process-env -- a composition root
    const dataDir = values['data-dir'] ?? process.env['FLUOROSCOPE_DATA_DIR'] ?? './fluoroscope-data';
    return { command, keyId, name: values.name ?? '', scopes, dataDir, json: values.json ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parseScopes(text: string): readonly Scope[] | null {
  const names = text.split(',').map((name) => name.trim());
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  return names.every((name) => SCOPES.some((scope) => scope === name)) ? scopes : null;
}

async function run({ command, keyId, name, scopes, dataDir, json }: Asked): Promise<number> {
  if (command === 'create') {
    const key = await createKey(dataDir, name, scopes);
    const lines = [`AWS_ACCESS_KEY_ID=${key.id}`, `AWS_SECRET_ACCESS_KEY=${key.secret}`];
    process.stdout.write(json ? `${JSON.stringify(key, null, 2)}\n` : `${lines.join('\n')}\n`);
    process.stderr.write(`scopes: ${key.scopes.join(', ')}; the secret is not shown again\n`);
    return 0;
  }
  if (command === 'list') {
    const keys = await listKeys(dataDir);
    const rows = keys.map((key) =>
      `${key.id}  ${printDay(key.createdAt)}  ${key.scopes.join(',')}  ${visible(key.name)}`.trimEnd(),
    );
    process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : rows.map((row) => `${row}\n`).join(''));
    return 0;
  }
  if (await revokeKey(dataDir, keyId)) return 0;
  process.stderr.write(`fluoroscope: there is no key ${visible(keyId)} in ${dataDir}\n`);
  return EXIT_UNKNOWN;
}

function printDay(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 10);
}

/** Obeyed by no terminal. */
function visible(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '\uFFFD');
}
