import { readFileSync } from 'node:fs';
import { round, sleep } from '../numbers.mjs';
import { profilerOf } from '../profile.mjs';
import { startServer } from '../server.mjs';
import { countFoundSegments, untilIdle } from '../settle.mjs';
import { runProcess } from '../stores.mjs';

const RANGE_US = 3_600e6;
const STORED_MS_MAX = 1_800_000;
const LOOK_MS = 1_000;
/** ClickHouse's own, of a server that nobody has set up. */
const NO_CREDENTIALS = { username: 'default', password: '' };
const DATABASE = 'fluoroscope';

/**
 * P21. A topic is filled first; then a server is started that finds it full: what it uses until all is found is the cost
 * of the way from Kafka to ClickHouse. Both must be there already, and have nothing in them:
 *
 *   BENCH_JOURNAL             kafka://HOST:PORT,…/TOPIC
 *   BENCH_STORE_URL           http://HOST:PORT[/DATABASE]
 *   BENCH_STORE_CREDENTIALS   a file as --store-credentials takes it, written as JSON; without it the user `default`
 *
 * `node interop/kafka/endpoints.mjs` starts both on this machine, and prints the three.
 */
export async function kafkaToClickHouse({ checkout, seed: givenSeed, spans, profile }) {
  const { BENCH_JOURNAL, BENCH_STORE_URL, BENCH_STORE_CREDENTIALS } = process.env;
  if (BENCH_JOURNAL === undefined || BENCH_STORE_URL === undefined) {
    return { leftOut: 'BENCH_JOURNAL and BENCH_STORE_URL name no Kafka topic and no ClickHouse' };
  }
  const clickHouse = openClickHouse(BENCH_STORE_URL, BENCH_STORE_CREDENTIALS);
  if ((await clickHouse.countDocuments()) > 0) throw new Error('the database of BENCH_STORE_URL has documents in it');
  const [, brokers = '', topic = ''] = /^kafka:\/\/([^/]+)\/(.+)$/.exec(BENCH_JOURNAL) ?? [];
  // Documents of a run before would be duplicates, which cost less.
  const seed = (givenSeed ^ Date.now()) >>> 0;
  const startUs = Math.floor(Date.now() * 1000 - 2 * RANGE_US);
  const settings = {
    checkout,
    brokers: brokers.split(','),
    topic,
    data: 'D2',
    spans,
    seed,
    startUs,
    rangeUs: RANGE_US,
  };
  const { documents } = await runProcess('fill-topic', settings);
  const profiler = profilerOf(profile);
  const server = await startServer({
    checkout,
    nodeFlags: profiler.nodeFlags,
    flags: [
      '--journal',
      BENCH_JOURNAL,
      '--store-url',
      BENCH_STORE_URL,
      ...(BENCH_STORE_CREDENTIALS === undefined ? [] : ['--store-credentials', BENCH_STORE_CREDENTIALS]),
    ],
  });
  const startedMs = performance.now();
  try {
    await waitFor(() => clickHouse.countDocuments(), documents);
    const storedMs = performance.now() - startedMs;
    await untilIdle(server.cpuSeconds, profiler.idleMsMax);
    const cpuSeconds = server.cpuSeconds();
    const profiled = profiler.resultOf(server);
    const found = await countFoundSegments(server.http, startUs / 1e6 - 60, (startUs + RANGE_US) / 1e6 + 60);
    const batches = await clickHouse.countBatches();
    return {
      figures: {
        spans: documents,
        found,
        lost: Math.max(0, documents - found),
        foundTooMany: Math.max(0, found - documents),
        cpuSecondsPerMillionSpans: round((cpuSeconds / found) * 1e6, 2),
        spansPerSecond: round(found / (storedMs / 1000)),
        batches,
        documentsABatch: round(found / batches),
        secondsABatch: round(storedMs / 1000 / batches, 2),
        peakMb: round(server.peakResidentMb()),
      },
      ...profiled,
    };
  } finally {
    await server.stop();
  }
}

/** ClickHouse itself is asked: the server's own answers would be among its CPU seconds. */
async function waitFor(countDocuments, wanted) {
  const untilMs = performance.now() + STORED_MS_MAX;
  while ((await countDocuments()) < wanted && performance.now() < untilMs) await sleep(LOOK_MS);
}

function openClickHouse(storeUrl, credentialsFile) {
  const { username, password } =
    credentialsFile === undefined ? NO_CREDENTIALS : JSON.parse(readFileSync(credentialsFile, 'utf8'));
  const { origin, pathname } = new URL(storeUrl);
  const database = pathname === '/' ? DATABASE : pathname.slice(1);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function ask(query) {
    const answer = await fetch(`${origin}/`, { method: 'POST', headers: { authorization }, body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`ClickHouse does not answer to ${query}: ${text}`);
    return Number(text);
  }

  return {
    /** 0 before there is a table. */
    async countDocuments() {
      const isThere = `SELECT count() FROM system.tables WHERE database = '${database}' AND name = 'documents'`;
      return (await ask(isThere)) === 0 ? 0 : ask(`SELECT count() FROM \`${database}\`.documents`);
    },
    /** Each writes one block of rows a table and day. Those of which every row was replaced meanwhile are not seen. */
    countBatches: () => ask(`SELECT uniqExact(origin, sequence) FROM \`${database}\`.traces`),
  };
}
