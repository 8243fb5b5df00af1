import { round, sleep } from '../numbers.mjs';
import { startServer } from '../server.mjs';
import { countFoundSegments, untilIdle } from '../settle.mjs';
import { runProcess } from '../stores.mjs';

const RANGE_US = 3_600e6;
const FOUND_MS_MAX = 1_800_000;
const LOOK_MS = 1_000;

/**
 * P21. A topic is filled first; then a server is started that finds it full: what it uses until all is found is the cost
 * of the way from Kafka to ClickHouse. Both must be there already:
 *
 *   BENCH_JOURNAL     kafka://HOST:PORT,…/TOPIC    an empty topic
 *   BENCH_STORE_URL   http://HOST:PORT[/DATABASE]
 */
export async function kafkaToClickHouse({ checkout, seed: givenSeed, spans }) {
  const { BENCH_JOURNAL, BENCH_STORE_URL } = process.env;
  if (BENCH_JOURNAL === undefined || BENCH_STORE_URL === undefined) {
    return { leftOut: 'BENCH_JOURNAL and BENCH_STORE_URL name no Kafka topic and no ClickHouse' };
  }
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
  const insertsBefore = await readInserts(BENCH_STORE_URL);
  const startedMs = performance.now();
  const server = await startServer({ checkout, flags: ['--journal', BENCH_JOURNAL, '--store-url', BENCH_STORE_URL] });
  try {
    const count = () => countFoundSegments(server.http, startUs / 1e6 - 60, (startUs + RANGE_US) / 1e6 + 60);
    const found = await waitFor(count, documents, startedMs);
    const foundMs = performance.now() - startedMs;
    await untilIdle(server.cpuSeconds);
    const inserts = await readInserts(BENCH_STORE_URL);
    return {
      figures: {
        spans: documents,
        found,
        lost: Math.max(0, documents - found),
        cpuSecondsPerMillionSpans: round((server.cpuSeconds() / found) * 1e6, 2),
        spansPerSecond: round(found / (foundMs / 1000)),
        rowsAnInsert:
          inserts === null
            ? 'not told'
            : round((inserts.rows - insertsBefore.rows) / (inserts.queries - insertsBefore.queries)),
        peakMb: round(server.peakResidentMb()),
      },
    };
  } finally {
    await server.stop();
  }
}

/** Looks are queries, and cost too: seldom. */
async function waitFor(count, wanted, startedMs) {
  let found = 0;
  while (found < wanted && performance.now() - startedMs < FOUND_MS_MAX) {
    await sleep(LOOK_MS);
    found = await count();
  }
  return found;
}

/** Of the ClickHouse server since its start; null when it does not tell. */
async function readInserts(storeUrl) {
  const query = "SELECT event, value FROM system.events WHERE event IN ('InsertQuery', 'InsertedRows') FORMAT JSON";
  try {
    const answer = await fetch(`${new URL(storeUrl).origin}/?query=${encodeURIComponent(query)}`);
    const { data } = await answer.json();
    const valueOf = (name) => Number(data.find(({ event }) => event === name)?.value ?? 0);
    return { queries: valueOf('InsertQuery'), rows: valueOf('InsertedRows') };
  } catch {
    return null;
  }
}
