import { readCorpus } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseXAmznTraceHeader, printXAmznTraceHeader, TRACE_HEADER_CHARS_MAX } from './x-amzn.ts';

test.each(readCorpus('trace-header/canonical'))('%s prints as it was read', (text) => {
  expect(print(text)).toBe(text);
});

test.each(readCorpus('trace-header/mended').map((line) => line.split(' => ')))('%s prints as %s', (text, printed) => {
  expect(print(text ?? '')).toBe(printed);
});

test.each(readCorpus('trace-header/invalid').map((line) => /^(\S+) (.*)$/.exec(line)?.slice(1) ?? []))(
  '%s: %s',
  (problem, text) => {
    expect(parseXAmznTraceHeader(text ?? '')).toEqual({ ok: false, problem });
  },
);

test('Self is no parent', () => {
  expect(parseXAmznTraceHeader('Self=53995c3f42cd8ad8')).toMatchObject({ value: { parent: null } });
});

test.each([
  ['too long', 'a='.padEnd(TRACE_HEADER_CHARS_MAX + 1, 'x'), 'too-long'],
  ['line ends', 'a=b\r\nSet-Cookie: x', 'no-fields'],
])('%s: refused', (_name, text, problem) => {
  expect(parseXAmznTraceHeader(text)).toEqual({ ok: false, problem });
});

test('extras stop at their limit', () => {
  expect(parseXAmznTraceHeader(`a=${'x'.repeat(200)};b=${'y'.repeat(200)};c=z`)).toMatchObject({
    value: {
      extras: [
        ['a', 'x'.repeat(200)],
        ['c', 'z'],
      ],
    },
  });
});

test('whatever is read prints to something that reads the same', () => {
  const part = fc.oneof(
    fc.constantFrom('Root', 'parent', 'Sampled', '=', ';', ' ', '1', '?', '53995c3f42cd8ad8'),
    fc.constant('1-5759e988-bd862e3fe1be46a994272793'),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const header = parseXAmznTraceHeader(parts.join(''));
      if (header.ok) expect(reread(printXAmznTraceHeader(header.value))).toEqual(header);
    }),
    { seed: 11, numRuns: 20_000 },
  );

  // Known fields with values that say nothing leave nothing to print.
  function reread(printed: string): unknown {
    const empty = { root: null, parent: null, sampled: null, extras: [] };
    return printed === '' ? { ok: true, value: empty } : parseXAmznTraceHeader(printed);
  }
});

function print(text: string): string | undefined {
  const header = parseXAmznTraceHeader(text);
  return header.ok ? printXAmznTraceHeader(header.value) : undefined;
}
