import { expect, test } from 'vitest';
import { filterToCondition } from './filter.ts';
import { printFilterProblem } from './problem.ts';

test('a message shows the line and the column', () => {
  expect(messageOf('duration >= abc')).toBe(
    'column 13: expected a number after ">=", found "abc"\nduration >= abc\n            ^',
  );
});

test('a message about a long expression shows the part around the spot', () => {
  const text = `${'ok AND '.repeat(100)}falt${' AND ok'.repeat(100)}`;
  const [message, line = '', caret = ''] = messageOf(text).split('\n');
  expect(message).toBe('column 701: unknown keyword "falt"; did you mean "fault"?');
  expect(line.slice(caret.indexOf('^'))).toMatch(/^falt AND ok.*…$/);
});

test('a message about several lines shows the one line', () => {
  expect(messageOf('ok AND\n  ☃fault\nAND ok')).toBe(
    'line 2, column 3: unexpected "☃"; put text in "double quotes"\n  ☃fault\n  ^',
  );
});

test('a message quotes at most the beginning of a long word', () => {
  expect(messageOf(`duration = ${'x'.repeat(1000)}`).split('\n')[0]).toBe(
    `column 12: expected a number after "=", found "${'x'.repeat(40)}…"`,
  );
});

function messageOf(text: string): string {
  const condition = filterToCondition(text);
  return condition.ok ? 'no problem' : printFilterProblem(text, condition.problem);
}
