/** `npx tsx --conditions=source packages/server/src/ingest/ingest.bench.ts`: one core's cost of a document, without the disk. */
import { timeUs } from '@fluoroscope/model';
import { createEvents } from '../events.ts';
import { createIngest } from '../ingest.ts';
import { decodeRecord, encodeRecords } from './record.ts';

const CALLS = 2_000;
const DOCUMENTS_PER_CALL = 50;
const NOW_SECONDS = 1_800_000_000;
const texts = Array.from({ length: DOCUMENTS_PER_CALL }, (_, at) => document(at));

verify();
let sequence = 0;
const ingest = createIngest({
  journal: { append: (records) => Promise.resolve((sequence += records.length)) },
  events: createEvents({ logLevel: 'silent' }),
  committed: () => {},
  nowUs: () => timeUs(NOW_SECONDS * 1e6),
  segmentMaxAgeUs: 86_400e6,
  segmentMaxFutureUs: 86_400e6,
  segmentBytesMax: 65_536,
});

await measure('put, 50 a call', async () => void (await ingest.put(texts)));
await measure('offer, one by one', async () => {
  for (const text of texts) ingest.offer(text);
  await ingest.drain();
});
await measure('encode alone', async () => void encodeRecords(texts, timeUs(0)));

/** What is encoded must be what was sent, before anything is timed. */
function verify(): void {
  const decoded = encodeRecords(texts, timeUs(1)).map((bytes) => decodeRecord(bytes));
  if (!decoded.every((record, at) => record.ok && record.value.text === texts[at])) throw new Error('another text');
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  for (let call = 0; call < CALLS / 10; call += 1) await run();
  const started = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) await run();
  const { user, system } = process.cpuUsage(started);
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(`${name}: ${((user + system) / CALLS / DOCUMENTS_PER_CALL).toFixed(2)} µs CPU a document`);
}

function document(at: number): string {
  const hex = at.toString(16).padStart(8, '0');
  const call = (id: number): object => ({
    id: `${hex}0000000${id}`,
    name: `call-${id}`,
    namespace: 'remote',
    start_time: NOW_SECONDS,
    end_time: NOW_SECONDS + 0.1,
  });
  return JSON.stringify({
    id: `${hex}00000000`,
    trace_id: `1-5759e988-${hex}e1be46a994272793`,
    name: 'shop',
    start_time: NOW_SECONDS,
    end_time: NOW_SECONDS + 0.25,
    http: { request: { method: 'GET', url: 'http://shop.example/buy' }, response: { status: 200 } },
    annotations: { tier: 'gold', user: at, region: 'eu', cached: false, build: '2026-11-21' },
    subsegments: [call(1), call(2), call(3)],
  });
}
