import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAuditLog, type AuditEntry } from './audit-log.ts';
import { createRateLimit } from './rate-limit.ts';
import { createSessions } from './sessions.ts';

test('a bucket gives its burst, then its rate, and says when to come back', () => {
  let nowMs = 0;
  const limit = createRateLimit({ perSecond: 10, nowMs: () => nowMs });
  const take = (count: number) => Array.from({ length: count }, () => limit.take('a')).filter((wait) => wait === null);
  expect(take(100)).toHaveLength(20);
  expect(limit.take('a')).toBe(1);
  expect(limit.take('b')).toBeNull();
  nowMs += 1_000;
  expect(take(100)).toHaveLength(10);
  nowMs += 3_600_000;
  expect(take(100)).toHaveLength(20);
});

test('buckets are bounded: the quietest is forgotten, the busy one is not', () => {
  const limit = createRateLimit({ perSecond: 1, nowMs: () => 0, bucketsMax: 3 });
  for (let count = 0; count < 100; count += 1) {
    limit.take('busy');
    limit.take(`stranger ${count}`);
  }
  expect(limit.take('busy')).toBe(1);
  expect(limit.take('stranger 0')).toBeNull();
});

test('without a rate nothing is counted', () => {
  const limit = createRateLimit({ perSecond: null });
  expect(Array.from({ length: 1_000 }, () => limit.take('a')).every((wait) => wait === null)).toBe(true);
});

test('sessions end by themselves, by logout, and when there are too many', () => {
  let nowMs = 0;
  const sessions = createSessions({ lifetimeMs: 100, nowMs: () => nowMs, sessionsMax: 2 });
  const [first, second] = [sessions.open('A'), sessions.open('B')];
  expect([sessions.find(first), sessions.find(second), sessions.find('x')]).toEqual(['A', 'B', null]);
  const third = sessions.open('C');
  expect([sessions.find(first), sessions.find(third)]).toEqual([null, 'C']);
  sessions.close(third);
  expect(sessions.find(third)).toBeNull();
  nowMs = 100;
  expect(sessions.find(second)).toBeNull();
});

const ENTRY: AuditEntry = { by: 'A', address: '::1', operation: 'CreateGroup', resource: 'slow', outcome: 'done' };

test('the audit log rotates, keeps five files, and is the owner’s alone', async () => {
  const dataDir = await folder();
  await using audit = createAuditLog({ dataDir, sizeBytesMax: 400, events: { troubleMet: fail } });
  for (let count = 0; count < 40; count += 1) await audit.record({ ...ENTRY, resource: `group ${count}` });
  const names = await readdir(dataDir);
  expect(names.toSorted()).toEqual(['audit.1.jsonl', 'audit.2.jsonl', 'audit.3.jsonl', 'audit.4.jsonl', 'audit.jsonl']);
  const sizes = await Promise.all(names.map((name) => stat(join(dataDir, name))));
  expect(Math.max(...sizes.map(({ size }) => size))).toBeLessThanOrEqual(400);
  expect(sizes.map(({ mode }) => mode & 0o777)).toEqual(names.map(() => 0o600));
  expect((await lines(dataDir)).at(-1)).toMatchObject({ ...ENTRY, resource: 'group 39', time: expect.any(String) });
});

test('refusals are written down up to a rate; how many were not stands in the next line', async () => {
  const dataDir = await folder();
  let nowMs = 0;
  await using audit = createAuditLog({ dataDir, sizeBytesMax: 1e6, events: { troubleMet: fail }, nowMs: () => nowMs });
  for (let count = 0; count < 100; count += 1) await audit.record({ ...ENTRY, outcome: 'AccessDeniedException' });
  expect(await lines(dataDir)).toHaveLength(10);
  nowMs = 1_000;
  await audit.record(ENTRY);
  expect((await lines(dataDir)).at(-1)).toMatchObject({ outcome: 'done', heldBack: 90 });
});

test('a log that cannot be written is told, and stops nothing', async () => {
  const troubles: string[] = [];
  const events = { troubleMet: (what: string) => void troubles.push(what) };
  await using audit = createAuditLog({ dataDir: '/proc/none', sizeBytesMax: 1e6, events });
  await audit.record({ ...ENTRY, by: '\u001b[31m' });
  expect(troubles).toHaveLength(1);
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fluoroscope-audit-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function lines(dataDir: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(join(dataDir, 'audit.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function fail(what: string, error: unknown): void {
  throw new Error(what, { cause: error });
}
