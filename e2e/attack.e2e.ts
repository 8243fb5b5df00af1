import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '@fluoroscope/journal';
import { eventually, makeFolder, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

test('after a storm of good, bad and duplicate documents over both channels, every one is accounted for', async () => {
  const program = await start();
  const calls = 40;
  const sockets = createSocket('udp4');
  let sent = 0;
  for (let call = 0; call < calls; call += 1) {
    const good = Array.from({ length: 20 }, () => makeDocument());
    const texts = [...good, ...good.slice(0, 5), '', '{}', 'no JSON', '[{},{},7]', makeDocument({ id: 'x' })];
    sent += texts.length + 2;
    for (const text of [...texts, ...GARBAGE]) await sendDatagram(sockets, program, HEADER + text);
    for (const noise of ['', 'x', '\n', '{"format":"xml"}\n{}', HEADER]) await sendDatagram(sockets, program, noise);
    await putAll(program, texts);
  }
  sockets.close();
  const counts = await settled(program);
  expect(counts.sum('documents_received_total{channel="http"}')).toBe(sent);
  expect(counts.sum('documents_stored_total')).toBeGreaterThanOrEqual(calls * 20);
  // Sent again, and over the other channel too.
  expect(counts.sum('documents_duplicate_total')).toBeGreaterThanOrEqual(calls * 5);
  expectBalance(counts);
  // Those that the kernel dropped never reached us, and are counted by themselves.
  const datagrams = counts.sum('datagrams_received_total') + counts.sum('udp_kernel_drops_total');
  expect(datagrams).toBe(calls * (30 + GARBAGE.length + 5));
});

test('hostile clients at work: a good one goes on being answered', async () => {
  const program = await start();
  const held = Array.from({ length: 50 }, (_, at) => dial(program, HOSTILE[at % HOSTILE.length] ?? ''));
  const deep = '['.repeat(5_000_000);
  const attacks = [deep, `{"x":[${'[],'.repeat(3_000_000)}0]}`, `"${'\\"'.repeat(4_000_000)}`].map((body) =>
    fetch(`http://${program.http}/TraceSegments`, { method: 'POST', body }),
  );
  for (let call = 0; call < 20; call += 1) expect(await putAll(program, [makeDocument()])).toEqual([]);
  for (const answer of await Promise.all(attacks)) expect(answer.status).toBe(400);
  const counts = await settled(program);
  expect(counts.sum('documents_stored_total')).toBe(20);
  for (const socket of held) socket.destroy();
});

test('SIGTERM with connections that say nothing, half a request, or do not read their answers: ends with 0', async () => {
  const program = await start();
  const held = HOSTILE.map((text) => dial(program, text));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await program.stop()).toBe(0);
});

test('the storage thread dies: it says so and ends with 1, and nothing acknowledged is lost', async () => {
  const dataDir = folder();
  const sign = join(folder(), 'die');
  const preload = join(folder(), 'preload.mjs');
  writeFileSync(
    preload,
    `import { isMainThread } from 'node:worker_threads';
     import { existsSync } from 'node:fs';
     if (!isMainThread) setInterval(() => { if (existsSync(${JSON.stringify(sign)})) throw new Error('planted'); }, 10);`,
  );
  const program = await start(dataDir, { NODE_OPTIONS: `--import=${preload}` });
  expect(await putAll(program, [makeDocument(), makeDocument()])).toEqual([]);
  writeFileSync(sign, '');
  const [code] = await once(program.child, 'close');
  expect(code).toBe(1);
  expect(program.output()).toContain('planted');
  const counts = await settled(await start(dataDir));
  expect(counts.sum('store_traces')).toBe(2);
});

test('documents in a damaged part of the journal are counted as lost, and the rest is kept', async () => {
  const dataDir = folder();
  const dir = join(dataDir, 'journal');
  const journal = await openJournal({
    dir,
    sizeBytesMax: 2 ** 24,
    durability: 'os',
    nextSequence: 1,
    events: { damaged: () => {} },
  });
  await journal.append(Array.from({ length: 50 }, () => encodeRecord(makeDocument())));
  await journal[Symbol.asyncDispose]();
  const [name = ''] = readdirSync(dir);
  const bytes = readFileSync(join(dir, name));
  // Two neighbours, somewhere in the middle.
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0, middle, middle + 200);
  writeFileSync(join(dir, name), bytes);

  const counts = await settled(await start(dataDir));
  expect(counts.sum('backlog_at_start_documents')).toBe(50);
  expect(counts.sum('documents_dropped_total')).toBeGreaterThan(0);
  expect(counts.sum('documents_dropped_total')).toBeLessThan(5);
  expectBalance(counts);
});

test('what it writes is for its owner alone; a folder that others may enter is told of', async () => {
  const dataDir = folder();
  chmodSync(dataDir, 0o755);
  writeFileSync(join(dataDir, 'page-secret'), randomBytes(32), { mode: 0o644 });
  const program = await start(dataDir);
  await putAll(program, [makeDocument()]);
  await settled(program);
  const open = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0,
  );
  expect(open).toEqual([]);
  expect(program.output()).toMatch(/note: .*data folder \(mode 755\): chmod 700/);
  const secret = readFileSync(join(dataDir, 'page-secret'));
  for (const path of ['/api/status', '/metrics', '/healthz'])
    expect(await (await fetch(`http://${program.http}${path}`)).text()).not.toContain(secret.toString('hex'));
});

test('a folder where the page secret belongs: exit 2 and one line', async () => {
  const dataDir = folder();
  mkdirSync(join(dataDir, 'page-secret'));
  await expect(start(dataDir)).rejects.toThrow(/ended with 2: fluoroscope: --data-dir: .*page-secret cannot be used/);
});

const HEADER = '{"format":"json","version":1}\n';
const GARBAGE = ['{"cut":', 'x'.repeat(60_000)];

const HOSTILE = [
  '',
  'GET / HTTP/1.1\r\nHost: loc',
  'POST /TraceSegments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{',
  'GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500),
];

interface Counts {
  /** Of all series whose name begins so. */
  readonly sum: (name: string) => number;
}

/** received + backlog at start = refused + dropped + stored + duplicate + waiting + backlog */
function expectBalance({ sum }: Counts): void {
  const arrived = sum('documents_received_total') + sum('backlog_at_start_documents');
  const became = ['refused_total', 'dropped_total', 'stored_total', 'duplicate_total'].map((name) =>
    sum(`documents_${name}`),
  );
  const underWay = sum('waiting_documents') + sum('backlog_documents');
  expect(became.reduce((total, count) => total + count, underWay)).toBe(arrived);
}

/** When nothing is under way any more, and the kernel's drops were looked at. */
async function settled(program: Program): Promise<Counts> {
  let before = '';
  const text = await eventually(
    async () => {
      const answer = await fetch(`http://${program.http}/metrics`);
      const now = (await answer.text()).replaceAll(/^fluoroscope_requests.*$/gm, '');
      const isQuiet = /_waiting_documents 0\n/.test(now) && /_backlog_documents 0\n/.test(now);
      const isSame = now === before;
      before = now;
      // Kernel drops are looked at once a second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      return isQuiet && isSame ? now : null;
    },
    (found) => found !== null,
  );
  const series = [...(text ?? '').matchAll(/^fluoroscope_(\S+) (\S+)$/gm)];
  return {
    sum: (name) =>
      series.reduce((total, [, key = '', value]) => (key.startsWith(name) ? total + Number(value) : total), 0),
  };
}

async function start(dataDir = folder(), environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = await startProgram(serveFlags(dataDir), environment);
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

function folder(): string {
  const made = makeFolder();
  onTestFinished(() => removeFolder(made));
  return made;
}

function dial({ http }: Program, text: string): Socket {
  const socket = connect(Number(http.split(':').at(-1)), '127.0.0.1').pause();
  socket.on('error', () => {});
  socket.write(text);
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function putAll({ http }: Program, texts: readonly string[]): Promise<unknown> {
  const body = JSON.stringify({ TraceSegmentDocuments: texts });
  const answer = await fetch(`http://${http}/TraceSegments`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  const { UnprocessedTraceSegments } = (await answer.json()) as { UnprocessedTraceSegments: unknown };
  return UnprocessedTraceSegments;
}

function sendDatagram(socket: ReturnType<typeof createSocket>, { udp }: Program, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(text, Number(udp.split(':').at(-1)), '127.0.0.1', (error) => (error ? reject(error) : resolve()));
  });
}

function makeDocument(changes: object = {}): string {
  const now = Date.now() / 1000;
  const traceId = `1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')}`;
  const id = randomBytes(8).toString('hex');
  return JSON.stringify({ trace_id: traceId, id, name: 'shop', start_time: now - 0.1, end_time: now, ...changes });
}

/** As packages/server/src/ingest/record.ts has it. */
function encodeRecord(text: string): Uint8Array {
  const head = Buffer.alloc(9);
  head.writeUInt8(1, 0);
  head.writeDoubleLE(Date.now() * 1_000, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}
