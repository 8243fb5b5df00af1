/** `npx tsx --conditions=source packages/server/src/encryption/encryption.bench.ts`: one core's cost of a document and of a record. */
import { deflateRawSync } from 'node:zlib';
import { timeUs, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, type StoredDocument } from '@fluoroscope/store';
import { openDocument, sealDocument } from './document-text.ts';
import { createOpener } from './opener.ts';
import { createSealer } from './sealer.ts';
import { createSealingStore } from './sealing-store.ts';
import { keyOf } from './testing/keys.ts';
import { createVault } from './vault.ts';

const COUNT = 20_000;
const START = 1_800_000_000;
const KEY = keyOf('2026-11');
const documents = Array.from({ length: COUNT }, (_, at) => documentAt(at));
const records = documents.map(({ text }) => Buffer.from(text));
const sealer = createSealer(KEY);
const opener = createOpener([KEY]);

verify();
const sealed = documents.map((document) => sealDocument(document, sealer));
print(`document: ${bytesOf(documents)} B, sealed ${bytesOf(sealed)} B as text`);
print(`all texts deflated together: ${together(documents)} B each, sealed ${together(sealed)} B`);
const write = { origin: 'bench', traces: [], facts: [] };
for (const [name, active] of [
  ['off', null],
  ['on', KEY],
] as const) {
  const store = createSealingStore(createMemoryStore(), createVault({ keys: [KEY], active }));
  let sequence = 0;
  await measure(`write, ${name}`, () => store.write({ ...write, sequence: (sequence += 1), documents }));
}
await measure('open a document', async () => {
  for (const document of sealed) openDocument(document, opener);
});
await measure('seal a record', async () => {
  for (const [at, record] of records.entries()) sealer.seal(record, `record file ${at}`, 0);
});

/** What is sealed must open to what it was, before anything is timed. */
function verify(): void {
  for (const document of documents.slice(0, 100)) {
    const opened = openDocument(sealDocument(document, sealer), opener);
    if (!opened.ok || opened.value.text !== document.text) throw new Error('another text');
  }
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  await run();
  const started = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(started);
  print(`${name}: ${((user + system) / COUNT).toFixed(2)} µs CPU each`);
}

function print(line: string): void {
  // oxlint-disable-next-line no-console -- a bench prints
  console.log(line);
}

function bytesOf(some: readonly StoredDocument[]): number {
  return Math.round(some.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / some.length);
}

/** About what a store's block compression makes of them. */
function together(some: readonly StoredDocument[]): number {
  return Math.round(deflateRawSync(some.map(({ text }) => text).join('\n')).byteLength / some.length);
}

function documentAt(at: number): StoredDocument {
  const hex = at.toString(16).padStart(8, '0');
  const call = (id: number): object => ({
    id: `${hex}0000000${id}`,
    name: `call-${id}`,
    namespace: 'remote',
    start_time: START + at / 1_000,
    end_time: START + at / 1_000 + 0.1,
    http: { request: { method: 'GET', url: `http://inventory.example/items/${at}` }, response: { status: 200 } },
  });
  const trace_id = `1-5759e988-${hex}e1be46a994272793`;
  const text = JSON.stringify({
    id: `${hex}00000000`,
    trace_id,
    name: 'shop',
    start_time: START,
    end_time: START + 0.25,
    http: { request: { method: 'GET', url: 'http://shop.example/buy' }, response: { status: 200 } },
    annotations: { tier: 'gold', user: at, region: 'eu', cached: false, build: '2026-11-21' },
    subsegments: [call(1), call(2), call(3)],
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as one above
  return { traceId: trace_id as TraceId, receivedUs: timeUs(START * 1e6 + at), text };
}
