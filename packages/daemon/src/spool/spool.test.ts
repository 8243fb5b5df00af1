import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSpool, type Spool } from './spool.ts';

const MIB = 1_048_576;

test('first in, first out', async () => {
  const spool = await open(makeFolder());
  expect([spool.isEmpty, await spool.peek()]).toEqual([true, null]);
  await put(spool, 'a', 'b');
  expect(await read(spool)).toEqual(['a', 'b']);
  expect(spool.isEmpty).toBe(true);
});

test('a batch that was not sent is there again, and after a restart too', async () => {
  const folder = makeFolder();
  const first = await open(folder);
  await put(first, 'a', 'b', 'c');
  expect((await first.peek())?.body.toString()).toBe('a');
  expect((await first.peek())?.body.toString()).toBe('a');
  await first.done((await first.peek())?.sequence ?? 0);
  await first[Symbol.asyncDispose]();
  expect(await read(await open(folder))).toEqual(['b', 'c']);
});

test('what was sent stays sent after a restart, and what comes then is kept', async () => {
  const folder = makeFolder();
  for (const name of ['a', 'b', 'c']) {
    const spool = await open(folder);
    expect(spool.isEmpty).toBe(true);
    await put(spool, name);
    expect(await read(spool)).toEqual([name]);
    await spool[Symbol.asyncDispose]();
  }
});

test('without the note of a killed process nothing is lost', async () => {
  const folder = makeFolder();
  const killed = await open(folder);
  await put(killed, 'a', 'b');
  const spool = await open(folder);
  expect(await read(spool)).toEqual(['a', 'b']);
});

test('a full one loses the oldest, and says how many segments', async () => {
  const lost: number[] = [];
  const spool = await open(makeFolder(), lost);
  for (let count = 0; count < 40; count += 1) {
    await spool.append({ segments: 10, body: Buffer.alloc(MIB, count.toString().padStart(2, '0')) });
  }
  const left = await read(spool);
  const lostSegments = lost.reduce((sum, segments) => sum + segments, 0);
  expect(lostSegments).toBeGreaterThan(0);
  expect(left.length * 10 + lostSegments).toBe(400);
  expect(left.map((body) => body.slice(0, 2))).toEqual(
    Array.from({ length: left.length }, (_, at) => String(40 - left.length + at)),
  );
});

test.each([
  ['counts it as sent once it was', true],
  ['counts it as lost once it was not', false],
])('a full one whose oldest is being sent %s', async (_name, isSent) => {
  const lost: number[] = [];
  const spool = await open(makeFolder(), lost);
  const add = (): Promise<boolean> => spool.append({ segments: 10, body: Buffer.alloc(MIB) });
  await add();
  const taken = await spool.peek();
  for (let count = 0; count < 39; count += 1) await add();
  if (isSent) await spool.done(taken?.sequence ?? 0);
  const left = await read(spool);
  const lostSegments = lost.reduce((sum, segments) => sum + segments, 0);
  expect(left.length * 10 + lostSegments).toBe(isSent ? 390 : 400);
});

test('a full one that may lose nothing takes nothing, until some is sent', async () => {
  const spool = await openSpool({ dir: makeFolder(), bytesMax: 16 * MIB, dropped: null, damaged: () => {} });
  onTestFinished(() => spool[Symbol.asyncDispose]());
  const add = (): Promise<boolean> => spool.append({ segments: 1, body: Buffer.alloc(MIB) });
  let kept = 0;
  while (await add()) kept += 1;
  expect(kept).toBeGreaterThan(10);
  await spool.done(kept - 1);
  expect(await add()).toBe(true);
  expect([(await spool.after(0))?.sequence, (await spool.after(kept))?.sequence]).toEqual([kept, kept + 1]);
});

test('batches are read one behind the other while all of them stay', async () => {
  const folder = makeFolder();
  const spool = await open(folder);
  await put(spool, 'a', 'b', 'c');
  const next = async (sequence: number): Promise<string | undefined> => (await spool.after(sequence))?.body.toString();
  expect([await next(0), await next(1), await next(2), await next(3)]).toEqual(['a', 'b', 'c', undefined]);
  await put(spool, 'd');
  expect([await next(3), await next(0)]).toEqual(['d', 'a']);
});

test('what can never fit is refused', async () => {
  const spool = await open(makeFolder());
  await expect(spool.append({ segments: 1, body: Buffer.alloc(17 * MIB) })).rejects.toThrow('too-large');
});

async function open(dir: string, lost: number[] = []): Promise<Spool> {
  const dropped = (segments: number): void => void lost.push(segments);
  const spool = await openSpool({ dir, bytesMax: 16 * MIB, dropped, damaged: () => {} });
  onTestFinished(() => spool[Symbol.asyncDispose]());
  return spool;
}

async function put(spool: Spool, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await spool.append({ segments: 1, body: Buffer.from(body) });
}

async function read(spool: Spool): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (let next = await spool.peek(); next !== null; next = await spool.peek()) {
    bodies.push(next.body.toString());
    await spool.done(next.sequence);
  }
  return bodies;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
