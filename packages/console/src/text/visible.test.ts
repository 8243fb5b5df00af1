import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipMiddle, visible, visibleBlock } from './visible.ts';

test.each([
  ['plain name', 'plain name'],
  ['a\u0000b\u001bc', 'a\u2400b\u241bc'],
  ['a\u202egnp.exe', 'a⟨202E⟩gnp.exe'],
  ['zero\u200bwidth\ufeff', 'zero⟨200B⟩width⟨FEFF⟩'],
  ['line\nfeed\u2028', 'line\u240afeed⟨2028⟩'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('a block keeps line feeds and tabs only', () => {
  expect(visibleBlock('a\n\tb\r\u202e', 100)).toBe('a\n\tb\u240d⟨202E⟩');
});

test('long text is cut, both ends of a name stay', () => {
  expect(visible('x'.repeat(400), 10)).toBe('xxxxxxxxxx…');
  expect(clipMiddle('https://queue.example/000/orders', 12)).toBe('https:…rders');
});

test('whatever comes, nothing unseen is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
      expect(visible(text, 50)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
    }),
    { seed: 7 },
  );
});
