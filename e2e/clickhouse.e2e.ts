import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCuttingProxy, type CuttingProxy } from '../packages/store-clickhouse/src/testing/cutting-proxy.ts';
import { startEngine, type Engine } from '../packages/store-clickhouse/src/testing/engine.ts';
import { eventually, makeFolder, post, removeFolder, runProgram, serveFlags, startProgram } from './program.ts';

let engine: Engine;
let proxy: CuttingProxy;
const folder = makeFolder();
const credentials = join(folder, 'credentials.yaml');
beforeAll(async () => {
  engine = await startEngine();
  proxy = await startCuttingProxy(engine.url);
  writeFileSync(credentials, JSON.stringify(engine.credentials));
  chmodSync(credentials, 0o600);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  removeFolder(folder);
});

const flags = (dataDir: string, url: string) => [
  ...serveFlags(dataDir),
  '--store-url',
  url,
  '--store-credentials',
  credentials,
];

/** Ids and times are of now, or the server would refuse them. */
function segmentOf(number: number) {
  const start = Date.now() / 1_000 - 2;
  const epoch = Math.floor(start).toString(16);
  const id = number.toString(16).padStart(16, '0');
  return { trace_id: `1-${epoch}-${id}00000000`, id, name: 'orders', start_time: start, end_time: start + 0.1 };
}

async function put(http: string, ...numbers: readonly number[]): Promise<readonly string[]> {
  const segments = numbers.map(segmentOf);
  const documents = segments.map((segment) => JSON.stringify(segment));
  const { UnprocessedTraceSegments } = await post(http, '/TraceSegments', { TraceSegmentDocuments: documents });
  expect(UnprocessedTraceSegments).toEqual([]);
  return segments.map(({ trace_id }) => trace_id);
}

async function countFound(http: string, ids: readonly string[]): Promise<number> {
  const answer = await fetch(`http://${http}/Traces`, {
    method: 'POST',
    body: JSON.stringify({ TraceIds: ids.slice(0, 5) }),
  });
  if (!answer.ok) return -answer.status;
  const { Traces } = (await answer.json()) as { Traces: { Segments: unknown[] }[] };
  return Traces.reduce((sum, { Segments }) => sum + Segments.length, 0);
}

test('ClickHouse is away at the start: documents are taken, questions get 503; once it is there, all is found, once', async () => {
  const dataDir = join(folder, 'away');
  proxy.setAway(true);
  const program = await startProgram(flags(dataDir, `${proxy.url}/away`));
  const first = await put(program.http, 1, 2);
  expect(await countFound(program.http, first)).toBe(-503);
  // Nor does a restart lose them.
  expect(await program.stop()).toBe(0);
  const again = await startProgram(flags(dataDir, `${proxy.url}/away`));
  const ids = [...first, ...(await put(again.http, 3))];
  proxy.setAway(false);
  await eventually(
    () => countFound(again.http, ids),
    (count) => count === 3,
  );

  // Gone in the middle, and a start without it after all was stored: no number is given twice.
  expect(await again.stop()).toBe(0);
  proxy.setAway(true);
  const third = await startProgram(flags(dataDir, `${proxy.url}/away`));
  ids.push(...(await put(third.http, 4)));
  proxy.setAway(false);
  await eventually(
    () => countFound(third.http, ids),
    (count) => count === 4,
  );
  expect(await engine.rows('SELECT count() FROM away.documents')).toEqual([[4]]);
  expect(await third.stop()).toBe(0);
});

test('kill -9 again and again: everything acknowledged is there, once', async () => {
  const dataDir = join(folder, 'killed');
  const ids: string[] = [];
  for (let kill = 0; kill < 4; kill += 1) {
    const program = await startProgram(flags(dataDir, `${engine.url}/killed`));
    for (let call = 0; call < 20; call += 1) ids.push(...(await put(program.http, 100 + kill * 20 + call)));
    await new Promise((resolve) => setTimeout(resolve, kill * 300));
    await program.stop('SIGKILL');
  }
  const program = await startProgram(flags(dataDir, `${engine.url}/killed`));
  await eventually(
    () => engine.rows('SELECT count(), uniqExact(trace_id) FROM killed.documents'),
    ([row]) => row?.[1] === ids.length,
  );
  const stored = await engine.rows(
    'SELECT count(), (SELECT sum(sign) FROM killed.facts), (SELECT sum(fact_count) FROM killed.graph_minutes) FROM killed.documents',
  );
  // Of each trace, its node and the edge from its client.
  expect(stored).toEqual([[ids.length, 2 * ids.length, 2 * ids.length]]);
  expect(await program.stop()).toBe(0);
});

interface TroubleTimes {
  begin(): Promise<void> | void;
  /** Whether documents are still taken, and nothing of them is stored. */
  readonly stops: boolean;
  end(): Promise<void> | void;
}

const refused = (code: number, name: string): TroubleTimes => ({
  begin: () => proxy.refuseInserts({ code, name }),
  stops: true,
  end: () => proxy.refuseInserts(null),
});
const cut = (nth: number, when: 'before' | 'within' | 'after'): TroubleTimes => ({
  begin: () => proxy.cut(nth, when),
  stops: false,
  end: () => {},
});

/** R10: what happens to ClickHouse while documents arrive. */
const TROUBLES: readonly (readonly [string, () => TroubleTimes])[] = [
  ['away', () => ({ begin: () => proxy.setAway(true), stops: true, end: () => proxy.setAway(false) })],
  ['slow to answer', () => ({ begin: () => proxy.setHeld(true), stops: true, end: () => proxy.setHeld(false) })],
  ['paused', () => ({ begin: () => engine.pause(), stops: false, end: () => engine.goOn() })],
  ['cut off within an insert', () => cut(1, 'within')],
  ['cut off within the insert of facts', () => cut(2, 'within')],
  ['cut off after it has the traces', () => cut(3, 'after')],
  ['cut off within the insert of documents', () => cut(4, 'within')],
  ['out of memory in an insert', () => refused(241, 'MEMORY_LIMIT_EXCEEDED')],
  ['out of disk', () => refused(243, 'NOT_ENOUGH_SPACE')],
  ['killed', () => ({ begin: () => engine.killAndStartAgain(), stops: false, end: () => {} })],
];
const DOCUMENTS_BEFORE = 10;
const DOCUMENTS_DURING = 20;

test('ten troubles of ClickHouse, one after another: everything acknowledged is there, once', async () => {
  const program = await startProgram(flags(join(folder, 'troubled'), `${proxy.url}/troubled`));
  const stored = () =>
    engine.rows(
      'SELECT count(), uniqExact(trace_id), (SELECT sum(sign) FROM troubled.facts), (SELECT sum(fact_count) FROM troubled.graph_minutes), (SELECT count() FROM troubled.traces FINAL) FROM troubled.documents',
    );
  let sent = 0;
  const sendSome = async (count: number) => {
    for (let call = 0; call < count; call += 1) await put(program.http, 1_000 + (sent += 1));
  };
  for (const [name, make] of TROUBLES) {
    await sendSome(DOCUMENTS_BEFORE);
    const trouble = make();
    const before = trouble.stops ? await untilStored(sent) : 0;
    await trouble.begin();
    await sendSome(DOCUMENTS_DURING);
    if (trouble.stops) expect((await stored())[0]?.[0], name).toBe(before);
    await trouble.end();
    await untilStored(sent);
  }
  expect(await program.stop()).toBe(0);

  async function untilStored(count: number): Promise<number> {
    await eventually(stored, ([row]) => row?.[0] === count);
    // Of each trace, its row, its node and the edge from its client.
    expect(await stored()).toEqual([[count, count, 2 * count, 2 * count, count]]);
    return count;
  }
});

test('a second server with a journal of its own is refused, until the first has left', async () => {
  const [first, second] = ['journal-a', 'journal-b'].map((name) => flags(join(folder, name), `${engine.url}/journals`));
  if (first === undefined || second === undefined) throw new Error('two servers are needed');
  const program = await startProgram(first);
  const ids = [...(await put(program.http, 1, 2))];
  const { code, output } = await runProgram(second);
  expect(output).toMatch(
    /--store-url: .*journals at \S+ is written from another journal \(journal \w+; this one is journal \w+\)/,
  );
  expect(code).toBe(2);
  expect(await program.stop()).toBe(0);
  const other = await startProgram(second);
  ids.push(...(await put(other.http, 3)));
  await eventually(
    () => countFound(other.http, ids),
    (count) => count === 3,
  );
  expect(await other.stop()).toBe(0);
});

test.each([
  ['a wrong password', 'username: fluoroscope\npassword: wrong', 0o600, /--store-url: .*AUTHENTICATION_FAILED/],
  ['a file for all to read', 'username: a\npassword: b', 0o644, /--store-credentials: .*chmod 600/],
])('%s ends the start with 2 and a message', async (_name, yaml, mode, message) => {
  const file = join(folder, 'other.yaml');
  writeFileSync(file, yaml);
  chmodSync(file, mode);
  const { code, output } = await runProgram([
    ...serveFlags(join(folder, 'refused')),
    '--store-url',
    engine.url,
    '--store-credentials',
    file,
  ]);
  expect(output).toMatch(message);
  expect(output).not.toContain('wrong');
  expect(code).toBe(2);
});

test('a data folder that another server has is refused', async () => {
  const dataDir = join(folder, 'held');
  const program = await startProgram(flags(dataDir, `${engine.url}/held`));
  const { code, output } = await runProgram(flags(dataDir, `${engine.url}/held`));
  expect(output).toMatch(/--data-dir: .*is in use by process \d+/);
  expect(code).toBe(2);
  expect(await program.stop()).toBe(0);
});
