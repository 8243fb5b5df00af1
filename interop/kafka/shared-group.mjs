import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaJournal } from '../../packages/journal/dist/kafka.js';
import { openBrokerWire } from '../../packages/journal/dist/kafka/broker-wire.js';
import { KafkaFeed } from '../../packages/journal/dist/kafka/kafka-feed.js';
import { encodeRecords } from '../../packages/server/dist/ingest/record.js';
import { startWriter } from '../../packages/server/dist/storage/writer.js';
import { createMemoryStore } from '../../packages/store/dist/index.js';
import { eventually } from '../eventually.mjs';
import { makeDocuments } from './documents.mjs';

const TOPIC = 'shared-store';
const GROUP = 'fluoroscope-shared-store';
const PARTITIONS = 6;
const SEED = 20_261_121;
const TRACES_A_TURN = 20;
const SETTLED_MS_MAX = 60_000;
/** Long enough that batches are under way when partitions change hands. */
const WRITE_MS = 500;
const FAULT_MS = 900;
const SEND_MS = 20;
const LIMITS = { batchBytesMax: 4 * 1024 * 1024, gatherMs: 120 };

/**
 * Writers that share a topic and one store, which several processes cannot have with the embedded one: here they are
 * in one process, each with connections of its own. They come, go, and lose the brokers for good, and the broker
 * itself is killed, while documents arrive.
 */
export async function sharedGroup({ broker, tally }) {
  await broker.createTopic(TOPIC, PARTITIONS);
  const access = { brokers: [broker.address], topic: TOPIC, credentials: null };
  const store = createMemoryStore();
  const journal = await openKafkaJournal(access);
  const random = createRandom(SEED);
  const members = [];
  const lost = [];
  const acknowledged = [];
  const sender = { isSending: true };

  const events = {
    join: async () => members.push(await join(access, store)),
    leave: async () => {
      if (members.length > 1) await members.splice(random(members.length), 1)[0].leave();
    },
    'lose the brokers': async () => {
      if (members.length > 1) lost.push(...members.splice(random(members.length), 1).map((member) => member.cutOff()));
    },
    'kill the broker': async () => {
      await broker.kill();
      await broker.startAgain();
    },
  };
  const script = [
    'join',
    'join',
    'leave',
    'join',
    'lose the brokers',
    'join',
    'kill the broker',
    'leave',
    'join',
    'leave',
  ];

  const sending = (async () => {
    while (sender.isSending) {
      const traces = makeDocuments(TRACES_A_TURN);
      for (const part of [0, 1])
        await append(
          journal,
          traces.map((trace) => trace[part]),
        );
      acknowledged.push(...traces);
      await sleep(SEND_MS);
    }
  })();

  await events.join();
  for (const [at, name] of script.entries()) {
    await sleep(FAULT_MS);
    await tally.check(`shared store, event ${at + 1}: ${name}`, events[name]);
  }
  sender.isSending = false;
  await sending;
  await tally.check(`shared store: each of ${acknowledged.length} traces once (seed ${SEED})`, () =>
    eventually(() => expectExactly(store, acknowledged), SETTLED_MS_MAX),
  );
  await tally.check("shared store: Kafka's own tool sees the group without lag", () =>
    eventually(async () => {
      const lags = (await broker.describeGroup(GROUP)).matchAll(/shared-store +\d+ +\d+ +\d+ +(\d+)/g);
      assert.deepEqual(
        [...lags].map(([, lag]) => lag),
        Array.from({ length: PARTITIONS }, () => '0'),
      );
    }, SETTLED_MS_MAX),
  );
  for (const member of members) await member.leave();
  await Promise.all(lost);
  await journal[Symbol.asyncDispose]();
}

/** Sent again as a client would, until the brokers have acknowledged it. */
async function append(journal, documents) {
  const records = encodeRecords(
    documents.map((document) => JSON.stringify(document)),
    Date.now() * 1_000,
  );
  const keys = documents.map(({ trace_id }) => trace_id);
  await eventually(() => journal.append(records, keys), SETTLED_MS_MAX);
}

async function join(access, store) {
  const wires = { grouping: openBrokerWire(access), fetching: openBrokerWire(access) };
  const isCut = { now: false };
  const slow = {
    ...Object.fromEntries(
      ['readDocuments', 'readTraceRows', 'mayKnow', 'readProgress'].map((name) => [
        name,
        (...args) => store[name](...args),
      ]),
    ),
    async write(batch) {
      await sleep(WRITE_MS);
      await store.write(batch);
    },
  };
  const feed = new KafkaFeed(
    { grouping: cuttable(wires.grouping, isCut), fetching: cuttable(wires.fetching, isCut) },
    {
      topic: access.topic,
      group: GROUP,
      limits: LIMITS,
      readProgress: (origin) => store.readProgress(origin),
      events: { damaged: (detail) => assert.fail(JSON.stringify(detail)), failing() {}, recovered() {}, lag() {} },
    },
  );
  const writer = startWriter({ store: slow, feed, cachedEntitiesMax: 10_000, events: { written() {}, failing() {} } });
  return {
    leave: () => writer[Symbol.asyncDispose](),
    /** It goes on with what it has, and never hears of the brokers again. */
    async cutOff() {
      isCut.now = true;
      await sleep(SETTLED_MS_MAX / 3);
      await writer[Symbol.asyncDispose]();
    },
  };
}

function cuttable(wire, isCut) {
  return new Proxy(wire, {
    get(target, name) {
      if (name === Symbol.asyncDispose) return () => target[name]();
      return (...args) => (isCut.now ? Promise.reject(new Error('cut off')) : target[name](...args));
    },
  });
}

async function expectExactly(store, traces) {
  const ids = traces.map(([first]) => first.trace_id);
  const rows = await store.readTraceRows(ids);
  assert.equal(rows.length, traces.length, 'traces stored');
  assert.ok(
    rows.every(({ entityCount }) => entityCount === 2),
    'each with its two segments',
  );
  const { documentCount, traceCount } = await store.readStats();
  // What was not acknowledged may have come too, and is then sent again: as the same documents.
  assert.deepEqual([traceCount, documentCount], [traces.length, 2 * traces.length]);
  const range = { startUs: 0, endUs: Number.MAX_SAFE_INTEGER, traceIds: null };
  const { nodes, edges } = await store.readGraph(range);
  for (const { counts } of [...nodes, ...edges]) assert.equal(counts.ok, traces.length, 'calls counted in the graph');
}

/** The same numbers for the same seed. */
function createRandom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
