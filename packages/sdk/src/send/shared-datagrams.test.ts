import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Segment } from '../document/segment.ts';
import { openUdpReceiver, type UdpReceiver } from '../testing/udp-receiver.ts';
import { getDaemonAddress, setDaemonAddress, type DaemonAddress } from './daemon-config.ts';
import { DATAGRAM_DOCUMENTS_MAX, DatagramWriter } from './datagram-writer.ts';
import { closeSocket, sendDocument } from './emitter.ts';
import { forgetDaemonAnswer, noteDaemonAnswer, takesManyDocuments } from './jsonl-receiver.ts';

const DOCUMENTS = 20;
let receiver: UdpReceiver;

beforeEach(async () => {
  receiver = await openUdpReceiver();
  setDaemonAddress(receiver.address);
  // What comes before the socket is open has datagrams of its own.
  new Segment('first').close();
  await receiver.take(1);
});

afterEach(async () => {
  forgetDaemonAnswer();
  closeSocket();
  await receiver.close();
});

function sendMany(): void {
  for (let at = 0; at < DOCUMENTS; at += 1) {
    const segment = new Segment('many');
    segment.setUser(`${at} €😀`);
    segment.close();
  }
}

async function datagramsOfMany(): Promise<number> {
  const before = receiver.sizes.length;
  sendMany();
  const users = (await receiver.take(DOCUMENTS + 1)).slice(-DOCUMENTS).map((document) => document['user']);
  expect(users).toEqual(Array.from({ length: DOCUMENTS }, (_, at) => `${at} €😀`));
  return receiver.sizes.length - before;
}

const portOf = ({ udp }: DaemonAddress): string => String(udp.port);

test('a daemon that says nothing gets a datagram for each document', async () => {
  expect(await datagramsOfMany()).toBe(DOCUMENTS);
});

test('one that says so gets them together', async () => {
  noteDaemonAnswer(getDaemonAddress(), portOf(getDaemonAddress()));
  expect(await datagramsOfMany()).toBe(1);
});

test.each<[string, (address: DaemonAddress, nowMs: number) => void]>([
  ['an answer names another port', (address) => noteDaemonAnswer(address, '1')],
  [
    'an answer says nothing, as when another daemon has taken its place',
    (address) => noteDaemonAnswer(address, undefined),
  ],
  ['it was 30 seconds ago', (address, nowMs) => noteDaemonAnswer(address, portOf(address), nowMs - 30_000)],
  [
    'documents go to another host than questions',
    (address) => noteDaemonAnswer({ ...address, tcp: { ...address.tcp, host: 'localhost' } }, portOf(address)),
  ],
  ['the address was set again', () => setDaemonAddress(receiver.address)],
  ['a datagram found nobody', () => forgetDaemonAnswer()],
])('no longer: %s', (_, change) => {
  noteDaemonAnswer(getDaemonAddress(), portOf(getDaemonAddress()));
  expect(takesManyDocuments(getDaemonAddress())).toBe(true);
  change(getDaemonAddress(), Date.now());
  expect(takesManyDocuments(getDaemonAddress())).toBe(false);
});

test('what cannot share a datagram has its own, and order is kept', async () => {
  noteDaemonAnswer(getDaemonAddress(), portOf(getDaemonAddress()));
  const document = (name: string, padding = ''): string => {
    const { trace_id, id, start_time } = new Segment(name);
    return JSON.stringify({ trace_id, id, name, start_time, end_time: start_time, metadata: { a: { padding } } });
  };
  const pretty = JSON.stringify(JSON.parse(document('pretty')), null, 1);
  const large = document('large', 'x'.repeat(61_000));
  const halves = [document('half', 'x'.repeat(35_000)), document('half', 'é'.repeat(17_000))];
  for (const text of [document('a'), pretty, document('b'), large, ...halves]) sendDocument(text);
  const names = (await receiver.take(7)).slice(1).map(({ name }) => name);
  expect(names).toEqual(['a', 'pretty', 'b', 'large', 'half', 'half']);
  expect(receiver.sizes.length).toBe(7);
});

test('what was written comes apart as it was, in datagrams that keep the limit', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 90 }).map((value) => JSON.stringify({ value }));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 60 }), (documents) => {
      const writer = new DatagramWriter(400);
      const datagrams: Buffer[] = [];
      const alone: string[] = [];
      const flush = (): void => {
        if (writer.count === 0) return;
        const datagram = writer.take();
        datagrams.push(Buffer.from(datagram));
        writer.giveBack(datagram);
      };
      for (const document of documents) {
        if (writer.add(document) > 0) continue;
        flush();
        if (writer.add(document) === 0) alone.push(document);
      }
      flush();
      const read = datagrams.flatMap((datagram) => datagram.toString().split('\n').slice(1, -1));
      expect(read).toEqual(documents.filter((document) => !alone.includes(document)));
      expect(Math.max(0, ...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(400);
      expect(alone.every((document) => Buffer.byteLength(document) > 300)).toBe(true);
    }),
    { seed: 9, numRuns: 500 },
  );
});

test('a datagram has so many documents at most', () => {
  const writer = new DatagramWriter(60_000);
  const taken = Array.from({ length: DATAGRAM_DOCUMENTS_MAX + 1 }, () => writer.add('{}'));
  expect(taken.filter((bytes) => bytes === 3).length).toBe(DATAGRAM_DOCUMENTS_MAX);
  expect(writer.take().length).toBe(31 + 3 * DATAGRAM_DOCUMENTS_MAX);
});
