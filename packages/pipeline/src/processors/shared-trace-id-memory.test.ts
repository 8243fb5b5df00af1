import type { TraceId } from '@fluoroscope/model';
import { parseTraceId } from '@fluoroscope/model';
import { expect, onTestFinished, test } from 'vitest';
import { traceIdOf } from '../testing/parcels.ts';
import { openRedisMap, type RedisMap } from './redis-map.ts';
import { createSharedTraceIdMemory, type SharedMap } from './shared-trace-id-memory.ts';
import { openFakeRedis, type FakeRedis } from './testing/fake-redis.ts';

const [A, B, C] = [id(1), id(2), id(3)];
const TTL_MS = 60_000;

/** Two collectors, one clock, and what they share. */
function twoMemories(map: SharedMap = createMap(), tracesMax = 100) {
  const clock = { ms: 0 };
  const told: string[] = [];
  const make = () =>
    createSharedTraceIdMemory({
      map,
      ttlMs: TTL_MS,
      tracesMax,
      timeoutMs: 20,
      nowMs: () => clock.ms,
      evicted: () => told.push('evicted'),
      unshared: (why) => told.push(why),
    });
  return { first: make(), second: make(), clock, told };
}

function createMap() {
  const values = new Map<string, string>();
  const map = {
    values,
    questions: 0,
    state: 'there' as 'there' | 'away' | 'silent',
    agree: async (key: string, proposed: string): Promise<string> => {
      map.questions += 1;
      if (map.state === 'away') throw new Error('gone');
      if (map.state === 'silent') return new Promise(() => {});
      const value = values.get(key) ?? proposed;
      values.set(key, value);
      return value;
    },
  };
  return map;
}

test('who comes first decides for all', async () => {
  const { first, second, told } = twoMemories();
  expect([await first.remember(A, B), await second.remember(A, C), await first.remember(A, C)]).toEqual([B, B, B]);
  expect(told).toEqual([]);
});

test('documents that come together ask once, and agree', async () => {
  const map = createMap();
  const { first } = twoMemories(map);
  expect(await Promise.all([first.remember(A, B), first.remember(A, C)])).toEqual([B, B]);
  expect(map.questions).toBe(1);
});

test('the others are asked again before they forget', async () => {
  const map = createMap();
  const { first, clock } = twoMemories(map);
  for (const ms of [0, TTL_MS / 2 - 1, TTL_MS / 2, TTL_MS - 1]) {
    clock.ms = ms;
    expect(await first.remember(A, B)).toBe(B);
  }
  expect(map.questions).toBe(2);
});

test.each([
  ['away', 'gone'],
  ['silent', 'no answer in 20 ms'],
] as const)('while the others are %s each decides alone, asks seldom, and agrees later', async (state, why) => {
  const map = createMap();
  const { first, second, clock, told } = twoMemories(map);
  map.state = state;
  expect([await first.remember(A, B), await first.remember(B, B), await second.remember(A, C)]).toEqual([B, B, C]);
  expect([map.questions, ...told]).toEqual([2, why, 'the others are away', why]);
  map.state = 'there';
  clock.ms += 1_000;
  expect([await first.remember(A, C), await second.remember(A, C)]).toEqual([B, B]);
});

test('a value that is no trace id is not believed', async () => {
  const map = createMap();
  map.values.set(A, 'x');
  const { first, told } = twoMemories(map);
  expect(await first.remember(A, B)).toBe(B);
  expect(told).toEqual(['the shared value is no trace id']);
});

test('what is forgotten before its time is told, after it is not', async () => {
  const { first, clock, told } = twoMemories(createMap(), 1);
  await first.remember(A, B);
  await first.remember(B, B);
  clock.ms = TTL_MS;
  await first.remember(C, B);
  expect(told).toEqual(['evicted']);
});

test('Redis: set if absent, get, and a new end, in one go', async () => {
  const { redis, map } = await connect({ username: 'u', password: 'secret', database: 3 });
  expect([await map.agree('k', 'v', 1_000.2), await map.agree('k', 'w', 2_000)]).toEqual(['v', 'v']);
  const sent = redis.commands.filter((parts) => !parts.includes('p:ready')).map((parts) => parts.join(' '));
  expect(sent).toEqual([
    'AUTH u secret',
    'SELECT 3',
    'SET p:k v PX 1001 NX',
    'GET p:k',
    'PEXPIRE p:k 1001',
    'SET p:k w PX 2000 NX',
    'GET p:k',
    'PEXPIRE p:k 2000',
  ]);
});

test('Redis: nobody there, and a connection that ends, are told and refused at once', async () => {
  const { redis, map, troubles } = await connect({});
  await redis[Symbol.asyncDispose]();
  await expect.poll(() => troubles.length).toBeGreaterThan(0);
  await expect(map.agree('k', 'v', 1_000)).rejects.toThrow();
});

test('Redis: a wrong password is told', async () => {
  const { troubles } = await connect({ password: 'wrong' }, false);
  await expect.poll(() => String(troubles[0])).toContain('WRONGPASS');
});

interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
}

async function connect({ username, password, database = 0 }: Login, waits = true) {
  const troubles: unknown[] = [];
  const redis: FakeRedis = await openFakeRedis('secret');
  const map: RedisMap = await openRedisMap({
    host: '127.0.0.1',
    port: redis.port,
    tls: null,
    username: username ?? null,
    password: password ?? null,
    database,
    keyPrefix: 'p:',
    troubled: (error) => troubles.push(error),
  });
  onTestFinished(async () => {
    map[Symbol.dispose]();
    if (troubles.length === 0) await redis[Symbol.asyncDispose]();
  });
  if (waits) await expect.poll(() => map.agree('ready', '', 1).catch(() => null)).not.toBe(null);
  return { redis, map, troubles };
}

function id(at: number): TraceId {
  const parsed = parseTraceId(traceIdOf(at));
  if (!parsed.ok) throw new Error('no trace id');
  return parsed.value;
}
