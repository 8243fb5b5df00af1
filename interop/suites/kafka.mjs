import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.mjs';
import { startBroker, USER } from '../kafka/broker.mjs';
import { expectExactly, makeDocuments, put, putAll } from '../kafka/documents.mjs';
import { prepareKafka } from '../kafka/prepare-kafka.mjs';
import { startProcess } from '../kafka/process.mjs';
import { sharedGroup } from '../kafka/shared-group.mjs';

const SEEN_MS_MAX = 45_000;
const TRACES_PER_STEP = 50;
const PARTITIONS = 4;

/** A real broker, real processes, and what goes wrong with both. */
export async function kafka({ program, tally, print }) {
  const broker = await startBroker(await prepareKafka(print));
  try {
    await credentials({ program, broker, tally });
    await embeddedStores({ program, broker, tally });
    await sharedGroup({ broker, tally });
  } finally {
    await broker.stop();
  }
}

/** Each way to say who one is, and one that is not let in. */
async function credentials({ program, broker, tally }) {
  const topic = 'secret';
  await broker.createTopic(topic, 1);
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-kafka-credentials-'));
  const start = async (fields) => {
    const file = join(folder, 'kafka.yaml');
    await writeFile(file, JSON.stringify({ ...USER, ...fields }), { mode: 0o600 });
    const journal = ['--journal', `kafka://${broker.secretAddress}/${topic}`, '--journal-credentials', file];
    return startProcess(program, journal);
  };
  const sent = [];
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    await tally.check(`${mechanism} lets us in`, async () => {
      const server = await start({ mechanism });
      try {
        sent.push(...makeDocuments(1));
        await putAll(server.endpoint, sent.at(-1));
        await eventually(() => expectExactly(server.endpoint, sent), SEEN_MS_MAX);
      } finally {
        await server.stop();
      }
    });
  }
  await tally.check('a wrong password is told at start', () =>
    assert.rejects(
      start({ mechanism: 'PLAIN', password: 'wrong' }),
      /--journal: secret: the brokers refuse the credentials/,
    ),
  );
  await rm(folder, { recursive: true });
}

/** Two processes, each with a store of its own: both have to show all of the topic. */
async function embeddedStores({ program, broker, tally }) {
  const topic = 'own-stores';
  await broker.createTopic(topic, PARTITIONS);
  const flags = ['--journal', `kafka://${broker.address}/${topic}`];
  const first = await startProcess(program, flags);
  const second = await startProcess(program, flags);
  const sent = [];
  const send = async (to) => {
    const traces = makeDocuments(TRACES_PER_STEP);
    sent.push(...traces);
    // The second document of a trace comes when the first may be stored already.
    await putAll(
      to.endpoint,
      traces.map(([front]) => front),
    );
    await putAll(
      to.endpoint,
      traces.map(([, back]) => back),
    );
  };
  const expectBoth = () =>
    eventually(async () => {
      await expectExactly(first.endpoint, sent);
      await expectExactly(second.endpoint, sent);
    }, SEEN_MS_MAX);

  try {
    await tally.check('what either takes, both show', async () => {
      await Promise.all([send(first), send(second)]);
      await expectBoth();
    });

    await tally.check('a process killed at work has everything once when it is back', async () => {
      const sending = send(second);
      await first.kill();
      await sending;
      await first.startAgain();
      await expectBoth();
    });

    await tally.check('without a broker nothing is acknowledged, and it is said so', async () => {
      await broker.kill();
      const [[late]] = makeDocuments(1);
      assert.equal(await put(first.endpoint, [JSON.stringify(late)]), 503);
      const { status, notices } = await (await fetch(`${first.endpoint}/api/status`)).json();
      assert.equal(status, 'degraded', notices.join(' '));
    });

    await tally.check('what was sent while the broker started again is there once', async () => {
      const sending = Promise.all([send(first), send(second)]);
      await broker.startAgain();
      await sending;
      await expectBoth();
    });

    await tally.check('stopped in order and started again, nothing is shown twice', async () => {
      await Promise.all([first.end(), second.end()]);
      await Promise.all([first.startAgain(), second.startAgain()]);
      await send(first);
      await expectBoth();
    });
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}
