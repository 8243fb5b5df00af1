import { expect, test } from 'vitest';
import { createEvents } from './events.ts';

const PROBLEM = { code: 'InvalidId', field: 'id', message: 'id: expected 16 hex digits', id: 'x' } as const;

test('a refusal is logged once a second for its reason, with how many were held back', () => {
  const { events, lines, clock } = open();
  for (let count = 0; count < 100; count += 1) events.documentRefused('udp', PROBLEM);
  events.documentRefused('udp', { ...PROBLEM, code: 'ParseError' });
  clock.ms = 999;
  events.documentRefused('udp', PROBLEM);
  clock.ms = 1_000;
  events.documentRefused('udp', PROBLEM);
  expect(lines.map(({ code, heldBack }) => [code, heldBack])).toEqual([
    ['InvalidId', 0],
    ['ParseError', 0],
    ['InvalidId', 100],
  ]);
});

test('every refusal is counted, and no id becomes a label', async () => {
  const { events } = open();
  for (let count = 0; count < 1_000; count += 1) events.documentRefused('http', { ...PROBLEM, id: `id-${count}` });
  const { text } = await events.printMetrics();
  expect(text).toMatch('fluoroscope_documents_refused_total{channel="http",code="InvalidId"} 1000');
  expect(text).not.toMatch('id-1');
});

test('reasons of receivers are bounded', async () => {
  const { events } = open();
  for (let count = 0; count < 1_000; count += 1) events.datagramRefused({ code: `reason-${count}`, message: '' });
  const { text } = await events.printMetrics();
  expect(text.match(/datagrams_refused_total\{/g)).toHaveLength(17);
  expect(text).toMatch('fluoroscope_datagrams_refused_total{reason="other"} 984');
});

test('no control character of a sender reaches the log', () => {
  const { events, lines } = open();
  const hostile = 'a\u001b[2J\r\nfake line\u0085\u202e\u2028\ud800';
  events.documentRefused('udp', { ...PROBLEM, message: hostile, id: hostile });
  events.requestRefused('host', hostile);
  events.troubleMet(hostile, new Error(hostile, { cause: hostile }));
  const written = lines.flatMap((line) => JSON.stringify(line));
  for (const line of written) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(line.replaceAll('\\n', ' ')).not.toMatch(/\\u001b|\\r|[\u0000-\u001f\u0085\u2028\u202e]|\\ud800/);
  }
  expect(lines).toHaveLength(3);
});

test('a gauge that cannot be read does not take the others with it', async () => {
  const { events } = open();
  const one = (): number => 1;
  events.watch({
    journalBytes: one,
    journalBytesMax: one,
    backlogDocuments: one,
    backlogAgeSeconds: one,
    waitingDocuments: () => {
      throw new Error('gone');
    },
    storeBytes: () => Promise.reject(new Error('gone')),
    storedTraces: async () => 2,
    liveListeners: one,
    journalKind: () => 'kafka',
    journalLags: () => [{ partition: 3, lagCount: 7, isOurs: true }],
  });
  const { text } = await events.printMetrics();
  expect(text).toMatch('fluoroscope_store_traces 2');
  expect(text).toMatch('fluoroscope_store_bytes Nan');
  expect(text).toMatch('fluoroscope_journal_lag_records{partition="3",owner="self"} 7');
});

function open() {
  const lines: Record<string, unknown>[] = [];
  const clock = { ms: 0 };
  const events = createEvents({
    logLevel: 'info',
    logTo: { write: (line) => void lines.push(JSON.parse(line)) },
    nowMs: () => clock.ms,
  });
  return { events, lines, clock };
}
