import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '@fluoroscope/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mapLayout } from './map-layout/map-layout.ts';
import { openMapPositions, putPositionsInput, type MapPositions } from './map-positions.ts';

let dataDir: string;
let troubles: string[];
let opened: MapPositions[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-map-'));
  troubles = [];
  opened = [];
});
afterEach(async () => {
  for (const positions of opened) await positions.flush();
  await rm(dataDir, { recursive: true, force: true });
});

test('a node stays where it was first placed, whatever joins it and through a restart', async () => {
  const first = await open();
  const before = await first.place(services('shop', 'cart'), 'plain');
  expect(Object.keys(before)).toEqual([key('shop'), key('cart')]);
  expect(await first.place(services('order', 'shop', 'cart'), 'plain')).toMatchObject(before);
  await first.flush();
  const second = await open();
  expect(await second.place(services('cart', 'shop'), 'plain')).toEqual(before);
  expect((await stat(join(dataDir, 'map-positions.json'))).mode & 0o777).toBe(0o600);
});

test('what a reader moves is kept; replace forgets the rest', async () => {
  const first = await open();
  await first.place(services('shop', 'cart'), 'plain');
  expect(await first.put({ positions: { [key('shop')]: { x: 7, y: 8 } } })).toMatchObject({
    [key('shop')]: { x: 7, y: 8 },
  });
  expect(await (await open()).place(services('shop'), 'plain')).toEqual({ [key('shop')]: { x: 7, y: 8 } });
  expect(await first.put({ positions: { [key('cart')]: { x: 1, y: 1 } }, replace: true })).toEqual({
    [key('cart')]: { x: 1, y: 1 },
  });
});

test('each kind of boxes has positions of its own, through a restart', async () => {
  const first = await open();
  const plain = await first.place(services('shop', 'cart'), 'plain');
  await first.put({ positions: { [key('shop')]: { x: 9, y: 9 } }, by: 'type' });
  expect(await first.place(services('shop'), 'type')).toEqual({ [key('shop')]: { x: 9, y: 9 } });
  await first.flush();
  const second = await open();
  expect(await second.place(services('shop', 'cart'), 'plain')).toEqual(plain);
  expect(await second.place(services('shop'), 'type')).toEqual({ [key('shop')]: { x: 9, y: 9 } });
});

test('a new layout tells what was before, and putting that back undoes it', async () => {
  const first = await open();
  await first.place(services('shop', 'cart'), 'plain');
  const { positions: moved } = { positions: await first.put({ positions: { [key('shop')]: { x: 50, y: 50 } } }) };
  const { positions: laidOut, before } = await first.layOut(services('shop', 'cart'), 'plain');
  expect(before).toEqual(moved);
  expect(laidOut[key('shop')]).not.toEqual({ x: 50, y: 50 });
  expect(await first.put({ positions: before, replace: true })).toEqual(moved);
});

test('many new nodes are placed in a thread; who asks at the same time gets the same places', async () => {
  const positions = await open();
  const names = Array.from({ length: 40 }, (_, at) => `s${at}`);
  const [one, other] = await Promise.all([
    positions.place(services(...names), 'plain'),
    positions.place(services(...names.toReversed()), 'plain'),
  ]);
  expect(Object.keys(one)).toHaveLength(40);
  expect(other).toEqual(one);
});

test('beyond the limit, the nodes not seen for the longest go', async () => {
  const positions = await open(2);
  await positions.place(services('a', 'b'), 'plain');
  await positions.place(services('a'), 'plain');
  const all = await positions.place(services('a', 'c', 'd'), 'plain');
  expect(Object.keys(all)).toHaveLength(3);
  expect(Object.keys(await positions.put({ positions: {} }))).toEqual([key('c'), key('d')]);
});

test('many changes at once end in the last one on disk', async () => {
  const positions = await open();
  await Promise.all(Array.from({ length: 50 }, (_, x) => positions.put({ positions: { [key('a')]: { x, y: 0 } } })));
  expect(JSON.parse(await readFile(join(dataDir, 'map-positions.json'), 'utf8'))).toEqual({
    version: 1,
    positions: { [key('a')]: { x: 49, y: 0 } },
  });
});

test.each(['', '{', '{"version":2,"positions":{}}', '{"version":1,"positions":{"a":{"x":"1","y":0}}}'])(
  'a file that is not ours is told of and placed anew: %s',
  async (text) => {
    await writeFile(join(dataDir, 'map-positions.json'), text);
    expect(await (await open()).place(services('shop'), 'plain')).toHaveProperty([key('shop')]);
    expect(troubles).toHaveLength(1);
  },
);

test('a folder that cannot be written to: put rejects, placing goes on, and it works again later', async () => {
  const positions = await open();
  await rm(dataDir, { recursive: true });
  await writeFile(dataDir, 'a file where the folder was');
  await expect(positions.put({ positions: {} })).rejects.toThrow();
  const before = await positions.place(services('shop'), 'plain');
  await positions.flush();
  expect(troubles).toHaveLength(1);
  await rm(dataDir);
  await positions.put({ positions: {} });
  expect(await (await open()).place(services('shop'), 'plain')).toEqual(before);
});

test.each([
  ['no positions', {}],
  ['not a number', { positions: { a: { x: '1', y: 0 } } }],
  ['endless', { positions: { a: { x: 1e300, y: 0 } } }],
  ['a long key', { positions: { ['k'.repeat(2_001)]: { x: 0, y: 0 } } }],
  ['too many', { positions: Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [at, { x: 0, y: 0 }])) }],
])('refused: %s', (_name, input) => {
  expect(putPositionsInput.safeParse(input).success).toBe(false);
});

test('a node named __proto__ is a node', async () => {
  const positions = await open();
  const parsed = putPositionsInput.parse(JSON.parse('{"positions":{"__proto__":{"x":1,"y":2},"a":{"x":0,"y":0}}}'));
  const kept = await positions.put(parsed);
  expect(Object.keys(kept)).toContain('a');
  expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
});

async function open(positionsMax?: number): Promise<MapPositions> {
  const events = { troubleMet: (what: string) => void troubles.push(what) };
  const positions = await openMapPositions({
    dataDir,
    events,
    layout: mapLayout,
    ...(positionsMax !== undefined && { positionsMax }),
  });
  opened.push(positions);
  return positions;
}

function services(...names: readonly string[]): readonly Service[] {
  return names.map((Name, ReferenceId) => ({ Name, ReferenceId, Type: 'remote', Edges: [] }));
}

function key(name: string): string {
  return JSON.stringify([name, 'remote', null]);
}
