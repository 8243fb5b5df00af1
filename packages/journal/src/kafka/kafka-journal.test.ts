import { expect, onTestFinished, test } from 'vitest';
import { JournalError } from '../journal.ts';
import { KafkaJournal } from './kafka-journal.ts';
import { FakeWire } from './testing/fake-wire.ts';

const NOT_LEADER = 6;
const UNKNOWN_PRODUCER = 59;
const TOO_LARGE = 10;

test('what belongs together goes to one partition, in order', async () => {
  const { wire, put } = await open({ partitionCount: 3 });
  await put({ a1: 'a', b1: 'b', a2: 'a' });
  await put({ a3: 'a', b2: 'b' });
  const placed = wire.partitions.map(({ values }) => values);
  expect(placed.find((values) => values.includes('a1'))?.filter((value) => value.startsWith('a'))).toEqual([
    'a1',
    'a2',
    'a3',
  ]);
  expect(placed.flat().toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
});

test.each([
  ['no answer', null],
  ['a leader that moved', NOT_LEADER],
])('after %s the very same batch is sent again', async (_, answer) => {
  const { wire, put } = await open();
  wire.answers.push(answer);
  await put({ one: 'k' });
  const [first, second] = wire.produced.map(([batch]) => batch?.bytes);
  expect(wire.produced).toHaveLength(2);
  expect(second).toEqual(first);
  expect(wire.partitions[0]?.values).toEqual(['one']);
});

test('brokers that have lost track of the producer get the batch under a new identity', async () => {
  const { wire, put } = await open();
  wire.answers.push(UNKNOWN_PRODUCER);
  await put({ one: 'k' });
  expect(producerIds(wire)).toEqual([1n, 2n]);
});

test('a batch that was given up never shares its number with another', async () => {
  const { journal, wire, put } = await open({ deliveryMsMax: 0 });
  wire.answers.push(null);
  await expect(put({ lost: 'k' })).rejects.toMatchObject({ code: 'failed' });
  expect(journal.stats().failing).toMatch('no answer');
  await put({ kept: 'k' });
  expect(producerIds(wire)).toEqual([1n, 2n]);
  expect(journal.stats()).toMatchObject({ kind: 'kafka', sizeBytes: 0, appendedRecords: 1 });
});

test('what brokers will never take is refused at once', async () => {
  const { wire, put } = await open();
  wire.answers.push(TOO_LARGE);
  await expect(put({ huge: 'k' })).rejects.toMatchObject({ code: 'failed' });
  expect(wire.produced).toHaveLength(1);
});

test('beyond its bounds it is full, and takes more when the brokers have caught up', async () => {
  const { wire, put } = await open({ pendingBytesMax: 200 });
  wire.isAway = true;
  const waiting = put({ ['x'.repeat(100)]: 'k' });
  await expect(put({ ['y'.repeat(100)]: 'k' })).rejects.toMatchObject({ code: 'full' });
  wire.isAway = false;
  await waiting;
  await put({ ['z'.repeat(100)]: 'k' });
});

test('a record that no broker takes by default is refused', async () => {
  const { journal } = await open();
  await expect(journal.append([new Uint8Array(800_000)], ['k'])).rejects.toMatchObject({ code: 'too-large' });
});

test('brokers that are away at start are found later', async () => {
  const wire = new FakeWire(1);
  wire.isAway = true;
  const { put, journal } = await open({ wire });
  expect(journal.stats().failing).toMatch('nobody answers');
  const waiting = put({ one: 'k' });
  wire.isAway = false;
  await waiting;
  expect(wire.partitions[0]?.values).toEqual(['one']);
});

test('a topic that does not exist is told at start', async () => {
  const wire = new FakeWire(1);
  wire.isTopicKnown = false;
  const journal = new KafkaJournal({ wire });
  await expect(journal.start()).rejects.toMatchObject({ code: 'refused' });
});

test('closing sends what was accepted, and nothing more is', async () => {
  const { journal, wire, put } = await open();
  const accepted = put({ one: 'k' });
  await journal[Symbol.asyncDispose]();
  await accepted;
  await expect(put({ two: 'k' })).rejects.toThrow(JournalError);
  expect(wire.partitions[0]?.values).toEqual(['one']);
});

interface Rig {
  readonly wire?: FakeWire;
  readonly partitionCount?: number;
  readonly deliveryMsMax?: number;
  readonly pendingBytesMax?: number;
}

async function open({ partitionCount = 1, wire = new FakeWire(partitionCount), ...limits }: Rig = {}) {
  const journal = new KafkaJournal({ wire, ...limits });
  await journal.start();
  onTestFinished(() => journal[Symbol.asyncDispose]());
  const put = (keysByValue: Readonly<Record<string, string>>): Promise<number> =>
    journal.append(
      Object.keys(keysByValue).map((value) => Buffer.from(value)),
      Object.values(keysByValue),
    );
  return { journal, wire, put };
}

function producerIds({ produced }: FakeWire): (bigint | undefined)[] {
  return produced.map(([batch]) => batch?.bytes.readBigInt64BE(43));
}
