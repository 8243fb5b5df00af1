import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { quoteValue, readMultipart } from './http-form.ts';

// node --import tsx engine-process.e2e.ts PACKAGES DATA [PORT]: ClickHouse's engine behind as much of its HTTP interface as the real
// client uses. Prints its port; ends, and removes its data, when its standard input does. A process of its own, since
// the engine's threads outlive its sessions and a crash of it must cost nobody else.

interface Session {
  queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array; text(): string }>;
}

/** Of a session as it is now, so that only what differs is set. */
interface Slot {
  readonly session: Session;
  readonly settings: Map<string, string>;
  database: string;
}

const SESSION_COUNT = 3;
const USER = { name: 'fluoroscope', password: 'it\'s a "secret"' };

/** Parameters of the interface itself, which are no settings of the engine. */
const NO_SETTINGS = new Set(['query', 'query_id', 'database', 'session_id', 'default_format']);
const NO_SETTINGS_IN_PROCESS = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'insert_quorum_timeout',
  'cancel_http_readonly_queries_on_client_close',
  // It could not be taken back.
  'readonly',
]);

const [packages = '', folder = '', port = '0'] = process.argv.slice(2);
const { Session: ChdbSession } = createRequire(join(packages, 'package.json'))('chdb') as {
  Session: new (path: string) => Session;
};
const slots: Slot[] = Array.from({ length: SESSION_COUNT }, () => ({
  session: new ChdbSession(join(folder, 'data')),
  settings: new Map(),
  database: '',
}));
const idle = [...slots];
const waiting: ((slot: Slot) => void)[] = [];
let lastInsert: Promise<unknown> = Promise.resolve();
let fileCount = 0;

const server = createServer({ maxHeaderSize: 1024 ** 2 }, (request, response) => void handle(request, response));
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().once('end', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end').catch(() => {});
  if (request.url === '/ping') return void response.end('Ok.\n');
  const slot = await take();
  try {
    if (!isKnown(request)) throw new Error('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)');
    await answer(slot, request, Buffer.concat(chunks), response);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, code = '1000'] = /Code: (\d+)/.exec(message) ?? [];
    response.writeHead(code === '516' ? 403 : 500, { 'X-ClickHouse-Exception-Code': code });
    response.end(message);
  } finally {
    giveBack(slot);
  }
}

function isKnown({ headers }: IncomingMessage): boolean {
  const expected = Buffer.from(`${USER.name}:${USER.password}`).toString('base64');
  return headers.authorization === `Basic ${expected}`;
}

async function answer(slot: Slot, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const form = readMultipart(request.headers['content-type'], body);
  const values = new Map([...url.searchParams, ...form]);
  await prepare(slot, values);
  const query = values.get('query');
  if (query !== undefined && body.length > 0 && form.size === 0) {
    response.setHeader('X-ClickHouse-Summary', await insert(slot, query, body));
    return void response.end();
  }
  const result = await slot.session.queryAsync(query ?? body.toString(), { format: 'TabSeparated' });
  response.end(result.bytes());
}

async function prepare(slot: Slot, values: ReadonlyMap<string, string>): Promise<void> {
  const run = (sql: string) => slot.session.queryAsync(sql, { format: 'Null' });
  const database = values.get('database') ?? 'default';
  if (database !== slot.database) {
    await run(`USE \`${database}\``);
    slot.database = database;
  }
  const wanted = new Map([...values].filter(([name]) => !NO_SETTINGS.has(name) && !NO_SETTINGS_IN_PROCESS.has(name)));
  const changes: string[] = [];
  for (const [name, value] of wanted) {
    if (slot.settings.get(name) !== value) changes.push(`${name} = ${quoteValue(value)}`);
    slot.settings.set(name, value);
  }
  for (const name of slot.settings.keys()) {
    if (wanted.has(name)) continue;
    if (!name.startsWith('param_')) changes.push(`${name} = DEFAULT`);
    slot.settings.delete(name);
  }
  if (changes.length > 0) await run(`SET ${changes.join(', ')}`);
}

/**
 * Data never stands in the statement: the engine would end it at the first blank line and run the rest as SQL.
 * One insert after another, so that the engine's count of rows written is that of this one.
 */
function insert(slot: Slot, query: string, body: Buffer): Promise<string> {
  const run = async (): Promise<string> => {
    const file = join(folder, `insert-${(fileCount += 1)}`);
    writeFileSync(file, body);
    try {
      const before = await readWrittenRows(slot);
      const fromFile = `FROM INFILE ${quoteValue(file)} COMPRESSION 'none' FORMAT Native`;
      await slot.session.queryAsync(query.replace(/FORMAT Native\s*$/, fromFile), { format: 'Null' });
      return JSON.stringify({ written_rows: String((await readWrittenRows(slot)) - before) });
    } finally {
      rmSync(file, { force: true });
    }
  };
  const done = lastInsert.then(run, run);
  lastInsert = done;
  return done;
}

async function readWrittenRows({ session }: Slot): Promise<number> {
  const sql = "SELECT sum(value) FROM system.events WHERE event = 'InsertedRows'";
  return Number((await session.queryAsync(sql, { format: 'TabSeparated' })).text());
}

function take(): Slot | Promise<Slot> {
  return idle.pop() ?? new Promise((resolve) => waiting.push(resolve));
}

function giveBack(slot: Slot): void {
  const next = waiting.shift();
  if (next === undefined) idle.push(slot);
  else next(slot);
}
