import { arrivals, createTraffic } from '@fluoroscope/testkit/traffic';
import { loadPackage, loadServerModule } from '../checkout.mjs';

// Puts documents into a Kafka topic as a server does that takes them, so that another one finds them all there at its start.

const RECORDS_AN_APPEND = 500;
const APPENDS_AT_ONCE = 16;

const { checkout, brokers, topic, data, spans, seed, startUs, rangeUs } = JSON.parse(process.argv[2] ?? '');
const { openKafkaJournal } = await loadPackage(checkout, 'journal', 'kafka');
const { timeUs } = await loadPackage(checkout, 'model');
const { encodeRecords } = await loadServerModule(checkout, 'ingest/record.js');

const journal = await openKafkaJournal({ brokers, topic, credentials: null });
const waiting = new Set();
let documents = 0;
let batch = [];
for (const arrival of arrivals(createTraffic(data, { seed, startUs, rangeUs, spanCount: spans }), spans)) {
  batch.push(arrival);
  if (batch.length === RECORDS_AN_APPEND) await append();
}
if (batch.length > 0) await append();
await Promise.all(waiting);
await journal[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify({ documents })}\n`);

async function append() {
  const records = encodeRecords(
    batch.map(({ text }) => text),
    timeUs(Math.floor(batch.at(-1)?.arrivesUs ?? startUs)),
  );
  const appended = journal.append(
    records,
    batch.map(({ traceId }) => traceId),
  );
  documents += batch.length;
  batch = [];
  waiting.add(appended);
  void appended.then(() => waiting.delete(appended));
  if (waiting.size >= APPENDS_AT_ONCE) await Promise.race(waiting);
}
