import { readCorpus } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DOCUMENT_BYTES_MAX, parseDocument, type ParseDocumentOptions } from './parse-document.ts';
import { timeUsFromSeconds } from './time.ts';

const SEED = 20_240_922;
const START = 1_727_004_672;
const OPTIONS: ParseDocumentOptions = {
  nowUs: timeUsFromSeconds(START + 60),
  pastUsMax: 30 * 86_400e6,
  futureUsMax: 7_200e6,
  documentBytesMax: DOCUMENT_BYTES_MAX,
};

const SEEDS = [
  ...readCorpus('documents/accepted'),
  ...readCorpus('documents/cleaned').flatMap((line) => line.split(' => ')),
];
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u0000',
  '\\ud800',
  '\u0000',
  '\ud800',
  '☃',
  '\uFEFF',
  'null',
  'true',
  '-1',
  '1e999',
  '1E9',
  '0.5',
  '""',
  '[]',
  '{}',
  '{"__proto__":{}}',
  '"constructor"',
];
const FIELDS = ['id', 'trace_id', 'name', 'type', 'parent_id', 'start_time', 'end_time', 'in_progress', 'http', 'aws'];
const MORE_FIELDS = ['cause', 'annotations', 'metadata', 'subsegments', 'links', 'precursor_ids', '__proto__', 'sql'];

test('mutated documents: never throws, and what is accepted parses to itself', () => {
  const edit = fc.record({ at: fc.nat(), cut: fc.nat(12), insert: fc.constantFrom('', ...PIECES) });
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), fc.array(edit, { maxLength: 4 }), (seed, edits) => {
      let text = seed;
      for (const { at, cut, insert } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + cut);
      }
      expectFixedPoint(text);
    }),
    { seed: SEED, numRuns: 12_000 },
  );
});

test('properties of any type: never throws, and what is accepted parses to itself', () => {
  const field = fc.constantFrom(...FIELDS, ...MORE_FIELDS);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(START, String(START), -1, 1e300, 'A'.repeat(16), true),
  );
  const edits = fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), edits, fc.boolean(), (seed, changes, inside) => {
      const document = JSON.parse(seed);
      const target = inside && document.subsegments?.[0] ? document.subsegments[0] : document;
      for (const [key, changed] of changes)
        Object.defineProperty(target, key, { value: changed, enumerable: true, configurable: true });
      expectFixedPoint(JSON.stringify(document));
    }),
    { seed: SEED, numRuns: 6_000 },
  );
});

test('any text', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), expectFixedPoint), {
    seed: SEED,
    numRuns: 4_000,
  });
});

function expectFixedPoint(text: string): void {
  for (const parsed of parseDocument(text, OPTIONS)) {
    if (!parsed.ok) {
      expect(parsed.problem.message).toContain('expected');
      continue;
    }
    const { text: cleaned, document } = parsed.value;
    expect(/\p{Surrogate}/u.test(cleaned)).toBe(false);
    expect(JSON.stringify(JSON.parse(cleaned))).toBe(JSON.stringify(document));
    const [again] = parseDocument(cleaned, OPTIONS);
    expect(again).toMatchObject({ ok: true, value: { text: cleaned } });
  }
}
