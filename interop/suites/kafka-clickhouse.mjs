import assert from 'node:assert/strict';
import { eventually } from '../eventually.mjs';
import { startBroker } from '../kafka/broker.mjs';
import { startClickHouse } from '../kafka/clickhouse.mjs';
import { expectExactly, makeDocuments, put, readTraceIds } from '../kafka/documents.mjs';
import { prepareKafka } from '../kafka/prepare-kafka.mjs';
import { startProcess } from '../kafka/process.mjs';

const TOPIC = 'shared-clickhouse';
const PARTITIONS = 6;
const SERVERS = 3;
const TRACES = 1_200;
const TRACES_A_TURN = 20;
const SENDERS = 3;
const AGAIN_MS = 100;
const TAKEN_MS_MAX = 60_000;
const SEEN_MS_MAX = 60_000;

/** Servers that share a topic and one ClickHouse, while one of them is killed and the broker starts again. */
export async function kafkaClickHouse({ program, tally, print }) {
  const clickHouse = await startClickHouse();
  const broker = await startBroker(await prepareKafka(print));
  const servers = [];
  try {
    await broker.createTopic(TOPIC, PARTITIONS);
    const flags = ['--journal', `kafka://${broker.address}/${TOPIC}`, '--store-url', `${clickHouse.url}/shared`];
    const start = () => startProcess(program, [...flags, '--store-credentials', clickHouse.credentialsFile]);
    servers.push(...(await Promise.all(Array.from({ length: SERVERS }, start))));
    await shareOne({ broker, servers, tally });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await clickHouse.stop();
    await broker.stop();
  }
}

async function shareOne({ broker, servers, tally }) {
  const alive = new Set(servers);
  const acknowledged = [];
  const events = [
    ['a server is killed at work: the others take its documents', () => kill(servers[1], alive)],
    ['the broker is killed at work, and starts again', () => broker.kill().then(() => broker.startAgain())],
  ];
  for (const [name, event] of events) {
    await tally.check(name, () => send(TRACES / events.length, alive, acknowledged, event));
  }
  const sent = new Set(acknowledged.map(([first]) => first.trace_id));
  assert.equal(sent.size, TRACES, 'traces acknowledged');
  await Promise.all(
    [...alive].map(async (server, at) => {
      const name = `server ${at + 1} of the ${alive.size} that are left`;
      await tally.check(`${name} finds each of ${2 * TRACES} documents once`, () =>
        eventually(() => expectExactly(server.endpoint, acknowledged), SEEN_MS_MAX),
      );
      await tally.check(`${name} lists each trace once`, async () => {
        const listed = await readTraceIds(server.endpoint);
        assert.equal(listed.length, TRACES);
        assert.deepEqual(new Set(listed), sent);
      });
    }),
  );
}

async function kill(server, alive) {
  alive.delete(server);
  await server.kill();
}

/**
 * Half way the event happens, while the other senders go on. The documents of a trace go to different servers, the
 * second when the first may be stored already.
 */
async function send(traceCount, alive, acknowledged, event) {
  const turns = Array.from({ length: traceCount / TRACES_A_TURN }, () => makeDocuments(TRACES_A_TURN));
  const halfWay = Math.floor(turns.length / 2);
  /** @type {Promise<void> | undefined} */
  let happening;
  async function work(number) {
    for (let turn = turns.pop(); turn !== undefined; turn = turns.pop()) {
      if (turns.length <= halfWay) happening ??= event();
      for (const side of [0, 1]) {
        const texts = turn.map((trace) => JSON.stringify(trace[side]));
        await putSomewhere(texts, alive, number + side);
      }
      acknowledged.push(...turn);
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, (_item, number) => work(number)));
  await happening;
}

/** Sent again, to the next one, until one of them acknowledges all of it. */
async function putSomewhere(texts, alive, first) {
  const endMs = performance.now() + TAKEN_MS_MAX;
  for (let attempt = first; ; attempt += 1) {
    const candidates = [...alive];
    const status = await put(candidates[attempt % candidates.length].endpoint, texts);
    if (status === 200) return;
    if (performance.now() > endMs) throw new Error(`not taken within ${TAKEN_MS_MAX} ms; last: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
