import { expect, test } from 'vitest';
import { parseDocument, type ParseDocumentOptions } from './parse-document.ts';
import type { SegmentDocument } from './segment-document.ts';
import { acceptSent, type PrintedHead } from './sent-document.ts';
import { parseSegmentId } from './segment-id.ts';
import { timeUsFromSeconds } from './time.ts';
import { parseTraceId } from './trace-id.ts';

const NOW = 1_727_004_672;
const BYTES_MAX = 1_000;
const OPTIONS: ParseDocumentOptions = {
  nowUs: timeUsFromSeconds(NOW),
  pastUsMax: 60e6,
  futureUsMax: 60e6,
  documentBytesMax: BYTES_MAX,
};
const DOCUMENT: SegmentDocument = {
  id: valueOf(parseSegmentId('1111111111111111')),
  trace_id: valueOf(parseTraceId('1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa')),
  name: 'shop',
  start_time: NOW,
  end_time: NOW + 1,
};
const BYTES_LEFT = 2 * Math.floor((BYTES_MAX - JSON.stringify({ ...DOCUMENT, ...metadataOf('', 0) }).length) / 2);

test('what was printed is taken unread, and read when somebody asks', () => {
  const text = JSON.stringify(DOCUMENT);
  const [taken] = acceptSent({ text, head: headOf(DOCUMENT) }, OPTIONS);
  expect(taken).toMatchObject({ ok: true, value: { text, head: { name: 'shop' } } });
  expect(taken?.ok && taken.value.document).toEqual(DOCUMENT);
  const [unread] = acceptSent({ text: 'not JSON', head: headOf(DOCUMENT) }, OPTIONS);
  expect(unread).toMatchObject({ ok: true, value: { text: 'not JSON' } });
});

test.each<[string, Partial<SegmentDocument>]>([
  ['as old as may be', { start_time: NOW - 60 }],
  ['too old', { start_time: NOW - 61 }],
  ['as new as may be', { start_time: NOW + 60, end_time: NOW + 60 }],
  ['too new', { start_time: NOW + 61, end_time: NOW + 61 }],
  ['with an end in the far future', { end_time: NOW + 61 }],
  ['as large as may be', metadataOf('x', BYTES_LEFT)],
  ['too large', metadataOf('x', BYTES_LEFT + 2)],
  ['as large as may be, two bytes a character', metadataOf('\u00e9', BYTES_LEFT / 2)],
  ['too large, two bytes a character', metadataOf('\u00e9', BYTES_LEFT / 2 + 1)],
])('%s: as if it had been parsed, whoever made it', (_name, changed) => {
  const document = { ...DOCUMENT, ...changed };
  const text = JSON.stringify(document);
  const parsed = parseDocument(text, OPTIONS).map(plain);
  expect(acceptSent({ text, head: headOf(document) }, OPTIONS).map(plain)).toEqual(parsed);
  expect(acceptSent({ text, document, isClean: false }, OPTIONS).map(plain)).toEqual(parsed);
  expect(acceptSent({ text, document, isClean: true }, OPTIONS).map(plain)).toEqual(parsed);
  expect(acceptSent(text, OPTIONS).map(plain)).toEqual(parsed);
});

test('what a translator made is cleaned, not read again', () => {
  const document = { ...DOCUMENT, user: 'u'.repeat(400), unknown: 1 };
  const [taken] = acceptSent({ text: JSON.stringify(document), document, isClean: false }, OPTIONS);
  const cleaned = { ...DOCUMENT, user: 'u'.repeat(250) };
  expect(taken).toMatchObject({ ok: true, value: { text: JSON.stringify(cleaned), document: cleaned } });
});

function plain(accepted: ReturnType<typeof acceptSent>[number]): unknown {
  return accepted.ok ? { text: accepted.value.text, document: accepted.value.document } : accepted.problem;
}

function metadataOf(filling: string, count: number): Partial<SegmentDocument> {
  return { metadata: { default: filling.repeat(count) } };
}

function headOf({ trace_id, name, start_time, end_time }: SegmentDocument): PrintedHead {
  return { trace_id, name, start_time, end_time };
}

function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('a constant of this test is wrong');
  return result.value;
}
