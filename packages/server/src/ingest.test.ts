import { JournalError } from '@fluoroscope/journal';
import { readAcceptedDocument, timeUs, type SentDocument } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createEvents } from './events.ts';
import { createIngest, type IngestOptions } from './ingest.ts';
import { decodeRecord } from './ingest/record.ts';
import { DOCUMENTS_PER_TURN_MAX } from './limits.ts';

const NOW_SECONDS = 1_800_000_000;
const GOOD = document({});

test('what is accepted goes to the journal in one call, and is told of when durable', async () => {
  const { ingest, appends, committed } = open();
  const refused = await ingest.put([GOOD, document({ id: 'x' }), GOOD, 'no JSON']);
  expect(refused.map(({ code, id }) => [code, id])).toEqual([
    ['InvalidId', 'x'],
    ['ParseError', null],
  ]);
  expect(appends.map((records) => records.length)).toEqual([2]);
  expect(decodeRecord(appends[0]?.[0] ?? Buffer.of())).toMatchObject({
    value: { text: GOOD, receivedUs: NOW_SECONDS * 1e6 },
  });
  expect(committed).toEqual([2]);
});

test('a call without a good document asks nothing of the journal', async () => {
  const { ingest, appends } = open();
  expect(await ingest.put(['{}'])).toHaveLength(1);
  expect(await ingest.put([])).toEqual([]);
  expect(appends).toEqual([]);
});

test.each(['full', 'failed', 'closed'] as const)(
  'journal %s: the call rejects and nothing counts as kept',
  async (code) => {
    const { ingest, balance } = open({ append: () => Promise.reject(new JournalError(code, 'no')) });
    await expect(ingest.put([GOOD, '{}'])).rejects.toMatchObject({ code });
    expect(await balance()).toMatchObject({ received: 2, refused: 2, journalled: 0, waiting: 0 });
  },
);

test('a thousand offers are kept in few calls, in their order', async () => {
  const { ingest, appends, balance } = open();
  const ids = Array.from({ length: 1_000 }, (_, at) => (at + 1).toString(16).padStart(16, '0'));
  for (const id of ids) expect(ingest.offer(document({ id }))).toBe(true);
  await ingest.drain();
  expect(appends.length).toBe(Math.ceil(1_000 / DOCUMENTS_PER_TURN_MAX));
  const texts = appends.flat().map((bytes) => decodeRecord(bytes));
  expect(texts.map((decoded) => decoded.ok && JSON.parse(decoded.value.text).id)).toEqual(ids);
  expect(await balance()).toMatchObject({ received: 1_000, refused: 0, dropped: 0, journalled: 1_000, waiting: 0 });
});

test('beyond its bound an offer is dropped and counted; room comes back', async () => {
  const { ingest, balance } = open({ waitingCharsMax: GOOD.length * 3 });
  expect(Array.from({ length: 5 }, () => ingest.offer(GOOD))).toEqual([true, true, true, false, false]);
  await ingest.drain();
  expect(ingest.offer(GOOD)).toBe(true);
  await ingest.drain();
  expect(await balance()).toMatchObject({ received: 6, dropped: 2, journalled: 4, waiting: 0 });
});

test('bytes wait until the journal has them', async () => {
  let release = (): void => {};
  const held = new Promise<number>((resolve) => (release = () => resolve(1)));
  const { ingest } = open({ waitingCharsMax: GOOD.length, append: () => held });
  expect(ingest.offer(GOOD)).toBe(true);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(ingest.waitingCount).toBe(1);
  expect(ingest.offer(GOOD)).toBe(false);
  release();
  await ingest.drain();
  expect(ingest.waitingCount).toBe(0);
});

test('offers that the journal does not take are dropped, counted by reason', async () => {
  const { ingest, balance, metrics } = open({ append: () => Promise.reject(new JournalError('full', 'no')) });
  ingest.offer(GOOD);
  ingest.offer('{}');
  await ingest.drain();
  expect(await balance()).toMatchObject({ received: 2, refused: 1, dropped: 1, waiting: 0 });
  expect(await metrics()).toMatch('fluoroscope_documents_dropped_total{channel="udp",reason="journal-full"} 1');
});

test('when it has closed, nothing is taken and all of it is counted', async () => {
  const { ingest, balance } = open();
  ingest.offer(GOOD);
  await ingest[Symbol.asyncDispose]();
  expect(ingest.offer(GOOD)).toBe(false);
  await expect(ingest.put([GOOD])).rejects.toMatchObject({ code: 'closed' });
  expect(await balance()).toMatchObject({ received: 3, refused: 1, dropped: 1, journalled: 1 });
});

test('a fault of ours in one document costs only that one', async () => {
  const { ingest, appends } = open();
  // No JSON makes the parser throw, so what it is handed here no translator makes.
  const refused = await ingest.put([GOOD, { text: GOOD, head: null } as unknown as SentDocument, GOOD]);
  expect(refused).toMatchObject([{ code: 'InternalFailure' }]);
  expect(appends.flat()).toHaveLength(2);
});

test.each(['a datagram', 'printed', 'made'])(
  'a sidecar and its application, %s, become one; what is sent again is counted',
  async (kind) => {
    const { ingest, appends, balance } = open();
    const sidecar = { 'mesh.side': 'inbound', 'mesh.pod': 'shop-1' };
    const text = document({ id: '0000000000000002', parent_id: '0000000000000001', name: 'Shop' });
    const application = readAcceptedDocument(text);
    const { trace_id, name, start_time, end_time } = application;
    // Of one that is printed only the head is known until the sidecar comes.
    if (kind === 'a datagram') ingest.offer(text);
    else if (kind === 'made') await ingest.put([{ text, document: application, isClean: true }], 'zipkin');
    else await ingest.put([{ text, head: { trace_id, name, start_time, end_time, mayBeProxys: false } }], 'otlp');
    await ingest.drain();
    await ingest.put([document({ id: '0000000000000001', name: 'shop.default', annotations: sidecar })], 'otlp');
    const texts = appends.flat().map((bytes) => decodeRecord(bytes));
    expect(texts.map((decoded) => decoded.ok && JSON.parse(decoded.value.text)).slice(1)).toMatchObject([
      { id: '0000000000000002', name: 'shop.default', metadata: { mesh: { name: 'Shop' } } },
      { id: '0000000000000001', type: 'subsegment', parent_id: '0000000000000002' },
    ]);
    expect(await balance()).toMatchObject({ received: 3, refused: 0, journalled: 3, waiting: 0 });
  },
);

test('what became of documents is told by service, and adds up', async () => {
  let isFull = false;
  const { ingest, events } = open({
    waitingCharsMax: GOOD.length * 2,
    append: async (records) => {
      if (isFull) throw new JournalError('full', 'no');
      return records.length;
    },
  });
  const cart = document({ name: 'cart', id: 'x' });
  const call = document({ name: 'GET /', type: 'subsegment', parent_id: '1111111111111111' });
  const large = document({ name: 'cart', metadata: { d: 'x'.repeat(70_000) } });
  await ingest.put([GOOD, cart, call, large, `[${cart}]`, 'no JSON', '{}']);
  isFull = true;
  await expect(ingest.put([GOOD, call])).rejects.toThrow();
  for (const text of [GOOD, GOOD, cart, 'no JSON']) ingest.offer(text);
  await ingest.drain();
  events.batchWritten({ storedCount: 0, duplicateCount: 0, lostCount: 1 });
  events.documentsDamaged(2);

  const counts = await events.readCounts();
  const lines = [
    ...counts.services.map(({ name, ...of }) => ({ name: name ?? 'others', ...of })),
    ...counts.unknown.map(({ channel, ...of }) => ({ name: `of ${channel}`, ...of })),
  ];
  const told = lines.map((of) => [of.name, of.receivedCount, of.refusedCount, of.droppedCount]);
  expect(told).toEqual([
    ['cart', 3, 2, 1],
    ['shop', 4, 1, 2],
    ['others', 2, 1, 0],
    ['of http', 3, 3, 0],
    ['of udp', 1, 0, 1],
    ['of journal', 0, 0, 3],
  ]);
  const sums = [counts.received, counts.refused, counts.dropped].map((some) =>
    some.reduce((sum, { count }) => sum + count, 0),
  );
  expect([1, 2, 3].map((at) => told.reduce((sum, row) => sum + Number(row[at]), 0))).toEqual(sums);
});

function document(fields: object): string {
  const base = { id: '1111111111111111', trace_id: '1-5759e988-bd862e3fe1be46a994272793', name: 'shop' };
  return JSON.stringify({ ...base, start_time: NOW_SECONDS, end_time: NOW_SECONDS + 1, ...fields });
}

function open(options: { append?: IngestOptions['journal']['append']; waitingCharsMax?: number } = {}) {
  const appends: (readonly Uint8Array[])[] = [];
  const committed: number[] = [];
  const events = createEvents({ logLevel: 'silent' });
  let sequence = 0;
  async function append(records: readonly Uint8Array[]): Promise<number> {
    appends.push(records);
    return (sequence += records.length);
  }
  const ingest = createIngest({
    journal: { append: options.append ?? append },
    events,
    committed: (upTo) => committed.push(upTo),
    nowUs: () => timeUs(NOW_SECONDS * 1e6),
    segmentMaxAgeUs: 30 * 86_400e6,
    segmentMaxFutureUs: 7_200e6,
    segmentBytesMax: 65_536,
    ...(options.waitingCharsMax !== undefined && { waitingCharsMax: options.waitingCharsMax }),
  });
  const metrics = async (): Promise<string> => (await events.printMetrics()).text;
  async function balance() {
    const text = await metrics();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^fluoroscope_documents_${name}_total(?:{.*})? (\\d+)$`, 'gm'))].reduce(
        (total, match) => total + Number(match[1]),
        0,
      );
    return {
      received: sum('received'),
      refused: sum('refused'),
      dropped: sum('dropped'),
      journalled: sum('journalled'),
      waiting: ingest.waitingCount,
    };
  }
  return { ingest, events, appends, committed, metrics, balance };
}
