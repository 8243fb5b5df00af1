import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { DamagedDetail } from '../journal.ts';
import type { FeedBatch, FeedProgress } from '../record-feed.ts';
import { KafkaFeed } from './kafka-feed.ts';
import { originOf } from './partition-buffer.ts';
import { FakeWire } from './testing/fake-wire.ts';

const ORIGIN = originOf('traces', 0);

test('it goes on where the store is, whatever was committed, and commits what the store keeps', async () => {
  const { wire, feed } = open({ values: ['a', 'b', 'c'], progress: { sequence: 1, unfinishedSequence: null } });
  wire.committed.set(0, 3);
  const batch = await feed.read();
  expect(textsOf(batch)).toEqual(['2 b', '3 c']);
  expect(batch).toMatchObject({ origin: ORIGIN });
  feed.durable(ORIGIN, 2);
  await until(() => wire.committed.get(0) === 2);
});

test('the first batch ends where a crash has cut it', async () => {
  const { feed } = open({ values: ['a', 'b', 'c'], progress: { sequence: 0, unfinishedSequence: 2 } });
  expect(textsOf(await feed.read())).toEqual(['1 a', '2 b']);
  expect(textsOf(await feed.read())).toEqual(['3 c']);
});

test('the group is joined again only when the batch in hand is ended, and that batch is nobody else’s', async () => {
  const { wire, feed, progress } = open({ values: ['a'] });
  const batch = await feed.read();
  expect(batch?.isOurs()).toBe(true);
  wire.isRebalancing = true;
  await until(() => batch?.isOurs() === false);
  await until(() => wire.calls.filter((call) => call === 'heartbeat').length > 3);
  expect(wire.calls.filter((call) => call === 'join')).toHaveLength(1);

  progress.sequence = 1;
  wire.partitions[0]?.values.push('b');
  const next = await feed.read();
  expect(wire.calls.filter((call) => call === 'join')).toHaveLength(2);
  expect(textsOf(next)).toEqual(['2 b']);
  expect(next?.generation).not.toBe(batch?.generation);
});

test('records that Kafka has dropped before they were stored are named as lost', async () => {
  const { feed, damaged } = open({
    startOffset: 7,
    values: ['h'],
    progress: { sequence: 4, unfinishedSequence: null },
  });
  expect(textsOf(await feed.read())).toEqual(['8 h']);
  expect(damaged).toMatchObject([{ kind: 'missing', file: ORIGIN, afterSequence: 4, beforeSequence: 8 }]);
});

test('a store that knows nothing of a partition has lost nothing of it', async () => {
  const { feed, damaged } = open({ startOffset: 7, values: ['h'] });
  expect(textsOf(await feed.read())).toEqual(['8 h']);
  expect(damaged).toEqual([]);
});

test('a topic that has less than the store is not read over again', async () => {
  const { failures } = open({ values: ['a'], progress: { sequence: 9, unfinishedSequence: null } });
  await until(() => failures.some((reason) => reason.includes('made anew')));
});

test('stopping leaves the rest to Kafka, and the group to the others', async () => {
  const { wire, feed } = open({ values: ['a'] });
  await feed.read();
  feed.stop();
  wire.partitions[0]?.values.push('b');
  expect(await feed.read()).toBe(null);
  await feed[Symbol.asyncDispose]();
  expect(wire.calls).toContain('leave');
});

interface Rig {
  readonly values: readonly string[];
  readonly startOffset?: number;
  readonly progress?: FeedProgress;
}

function open({ values, startOffset = 0, progress: given = { sequence: 0, unfinishedSequence: null } }: Rig) {
  const wire = new FakeWire(1);
  wire.partitions[0] = { startOffset, values: [...values] };
  const progress = { ...given };
  const damaged: DamagedDetail[] = [];
  const failures: string[] = [];
  const feed = new KafkaFeed(
    { grouping: wire, fetching: wire },
    {
      topic: 'traces',
      group: 'group',
      limits: { batchBytesMax: 1_000, gatherMs: 20 },
      readProgress: async () => ({ ...progress }),
      events: {
        damaged: (detail) => void damaged.push(detail),
        failing: (reason) => void failures.push(reason),
        recovered: () => {},
        lag: () => {},
      },
    },
  );
  onTestFinished(() => feed[Symbol.asyncDispose]());
  return { wire, feed, progress, damaged, failures };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(5);
}

function textsOf(batch: FeedBatch | null): string[] {
  return (batch?.records ?? []).map(({ sequence, bytes }) => `${sequence} ${Buffer.from(bytes).toString()}`);
}
