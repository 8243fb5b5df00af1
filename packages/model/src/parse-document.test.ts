import { readCorpus } from '@fluoroscope/testkit';
import { describe, expect, test } from 'vitest';
import {
  ARRAY_DOCUMENTS_MAX,
  DOCUMENT_BYTES_MAX,
  DOCUMENT_LEVELS_MAX,
  parseDocument,
  readAcceptedDocument,
  type ParseDocumentOptions,
} from './parse-document.ts';
import { timeUsFromSeconds } from './time.ts';

const START = 1_727_004_672;
const DAY_US = 86_400e6;
const OPTIONS: ParseDocumentOptions = {
  nowUs: timeUsFromSeconds(START + 60),
  pastUsMax: 30 * DAY_US,
  futureUsMax: DAY_US / 12,
  documentBytesMax: DOCUMENT_BYTES_MAX,
};
const HEAD = `"trace_id":"1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa","id":"1111111111111111","name":"shop"`;
const SHOP = `${HEAD},"start_time":${START},"end_time":${START + 1}`;

test.each(readCorpus('documents/accepted'))('kept as it is: %s', (text) => {
  const [parsed] = parseDocument(text, OPTIONS);
  expect(parsed).toMatchObject({ ok: true, value: { text } });
  expect(parsed?.ok && parsed.value.document).toEqual(JSON.parse(text));
});

test.each(readCorpus('documents/cleaned').map((line) => line.split(' => ')))('%s becomes %s', (text, cleaned) => {
  const [parsed] = parseDocument(text ?? '', OPTIONS);
  expect(parsed?.ok && JSON.parse(parsed.value.text)).toEqual(JSON.parse(cleaned ?? ''));
  expect(parsed?.ok && parsed.value.document).toEqual(JSON.parse(cleaned ?? ''));
});

const REFUSED = readCorpus('documents/refused').map((line) => /^(\S+) (\S+) (\S+) (.*)$/.exec(line)?.slice(1) ?? []);
test.each(REFUSED)('%s at %s of %s: %s', (code, field, id, text) => {
  const problem = { code, field: field === '-' ? null : field, id: id === '-' ? null : id };
  expect(parseDocument(text ?? '', OPTIONS)).toMatchObject([{ ok: false, problem }]);
});

test('the message names the field, what was expected and what was found', () => {
  expect(problemOf(`{${HEAD},"start_time":"soon"}`)?.message).toMatch(/^start_time: expected seconds.*found "soon"$/);
  expect(problemOf(`{${HEAD},"start_time":{"deep":[]}}`)?.message).toMatch(/found an object$/);
});

test.each([
  ['the oldest', -30 * 86_400 + 60, true],
  ['older', -30 * 86_400 + 59, false],
  ['the newest', 7_260, true],
  ['newer', 7_261, false],
])('%s start_time', (_name, offset, accepted) => {
  const text = `{${HEAD},"start_time":${START + offset},"in_progress":true}`;
  expect(parseDocument(text, OPTIONS)[0]?.ok).toBe(accepted);
});

test('the time in a trace id is not looked at', () => {
  expect(parseDocument(`{${SHOP}}`.replace('66f00000', 'ffffffff'), OPTIONS)[0]?.ok).toBe(true);
});

describe('arrays', () => {
  test('each element is judged by itself', () => {
    expect(parseDocument(`[{${SHOP}},7,{${SHOP},"x":1}]`, OPTIONS)).toMatchObject([
      { ok: true, value: { text: `{${SHOP}}` } },
      { ok: false, problem: { code: 'MissingId' } },
      { ok: true, value: { text: `{${SHOP}}` } },
    ]);
  });

  test('are bounded', () => {
    const parsed = parseDocument(`[${'0,'.repeat(20_000)}0]`, OPTIONS);
    expect(parsed).toHaveLength(ARRAY_DOCUMENTS_MAX + 1);
    expect(parsed.at(-1)).toMatchObject({ problem: { code: 'SegmentTooLarge' } });
  });
});

describe('size is measured in UTF-8', () => {
  test.each([
    ['one byte a character', 'x', 1, true],
    ['one byte too many', 'x', 0, false],
    ['three bytes a character', '☃', 2, true],
    ['three bytes too many', '☃', 0, false],
  ])('%s', (_name, fill, spareBytes, accepted) => {
    const frame = `{${SHOP},"metadata":{"d":""}}`;
    const width = new TextEncoder().encode(fill).length;
    const count = Math.floor((DOCUMENT_BYTES_MAX - frame.length - spareBytes) / width) + (accepted ? 0 : 1);
    const [parsed] = parseDocument(frame.replace('""', `"${fill.repeat(count)}"`), OPTIONS);
    expect(parsed).toMatchObject(
      accepted ? { ok: true } : { problem: { code: 'SegmentTooLarge', id: '1111111111111111' } },
    );
  });

  test('also of what cleaning made longer', () => {
    const numbers = '1e20,'.repeat(10_000);
    expect(problemOf(`{${SHOP},"x":1,"metadata":{"d":[${numbers}0]}}`)?.code).toBe('SegmentTooLarge');
  });
});

describe('hostile JSON', () => {
  test.each([
    ['arrays', '['.repeat(DOCUMENT_LEVELS_MAX), ']'.repeat(DOCUMENT_LEVELS_MAX)],
    ['objects', '{"a":'.repeat(10_000), `0${'}'.repeat(10_000)}`],
    ['nothing closed', '['.repeat(60_000), ''],
    ['brackets after a string of them', `["]]]]\\"",${'['.repeat(3_000)}`, ''],
  ])('%s too deep are refused, with the id', (_name, open, close) => {
    expect(problemOf(`{${SHOP},"metadata":{"d":${open}${close}}}`)).toMatchObject({
      code: 'ParseError',
      id: '1111111111111111',
      message: expect.stringContaining('nesting'),
    });
  });

  test('brackets in strings nest nothing', () => {
    expect(parseDocument(`{${SHOP},"metadata":{"d":"${'['.repeat(10_000)}\\""}}`, OPTIONS)[0]?.ok).toBe(true);
  });

  test('the deepest subsegments that are allowed are cleaned', () => {
    const levels = DOCUMENT_LEVELS_MAX / 2 - 1;
    const open = `{"id":"2222222222222222","name":"s","start_time":1,"subsegments":[`;
    const text = `{${SHOP},"subsegments":[${open.repeat(levels)}${']}'.repeat(levels)}]}`;
    const [parsed] = parseDocument(text, OPTIONS);
    expect(parsed?.ok && parsed.value.text.match(/"in_progress":true/g)).toHaveLength(levels);
  });

  test('nothing is written to a prototype', () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const text = `${evil},${SHOP},"annotations":${evil},"a b":1,"__proto__":"kept"},"metadata":${evil},"n":1e999}}`;
    const [parsed] = parseDocument(text, OPTIONS);
    expect(parsed?.ok && Object.entries(parsed.value.document.annotations ?? {})).toEqual([
      ['__proto__', 'kept'],
      ['a_b', 1],
    ]);
    expect(parsed?.ok && Object.keys(parsed.value.document.metadata ?? {})).toEqual(['__proto__', 'constructor', 'n']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('lone surrogates of an outer JSON string are escaped, so that UTF-8 can carry them', () => {
    const [parsed] = parseDocument(`{${SHOP},"user":"\ud800"}`, OPTIONS);
    expect(parsed).toMatchObject({ value: { document: { user: '\ud800' }, text: `{${SHOP},"user":"\\ud800"}` } });
  });

  test('a byte order mark is cut off', () => {
    expect(parseDocument(`\uFEFF{${SHOP}}`, OPTIONS)).toMatchObject([{ value: { text: `{${SHOP}}` } }]);
  });

  test('a million keys are too large before they are parsed', () => {
    expect(problemOf(`{${SHOP},${'"a":0,'.repeat(1_000_000)}`)).toMatchObject({ code: 'SegmentTooLarge' });
  });
});

test('stored text that is no JSON is a fault of ours', () => {
  expect(readAcceptedDocument(`{${SHOP}}`)).toEqual(JSON.parse(`{${SHOP}}`));
  expect(() => readAcceptedDocument('{')).toThrow('[not-a-document]');
});

function problemOf(text: string) {
  const [parsed] = parseDocument(text, OPTIONS);
  return parsed === undefined || parsed.ok ? undefined : parsed.problem;
}
