import type { KeywordNode } from '../filter/ast.ts';
import { KEYWORDS } from '../filter/keywords.ts';
import { checked, unitOf, wholeTest } from '../filter/row-condition.ts';
import { readBooleanTest, readNumberTest, readTextTest } from '../filter/typed-test.ts';
import { matchesNumber, matchesText } from './match-value.ts';

/** What a keyword is of something, by name; several texts when any of them counts. */
export interface KeywordReaders<Subject> {
  readonly booleans: Readonly<Record<string, (subject: Subject) => boolean>>;
  /** In µs where the keyword is in seconds; null when absent. */
  readonly numbers: Readonly<Record<string, (subject: Subject) => number | null>>;
  readonly texts: Readonly<Record<string, (subject: Subject) => readonly string[]>>;
}

/** A test of one keyword on whatever `readers` can read. Without a written test: that it is true, or that it is set. */
export function compileKeyword<Subject>(
  { name, test }: KeywordNode,
  readers: KeywordReaders<Subject>,
): (subject: Subject) => boolean {
  const keyword = KEYWORDS.get(name);
  switch (keyword?.type) {
    case 'boolean': {
      const read = readerOf(readers.booleans, name);
      const wanted = checked(readBooleanTest(name, test));
      return (subject) => read(subject) === wanted;
    }
    case 'number': {
      const read = readerOf(readers.numbers, name);
      const number = checked(readNumberTest(name, test));
      if (number === null) return (subject) => read(subject) !== null;
      // Shares are no whole numbers; all else is, as in rows.
      if (name === 'coverage') return (subject) => matchesNumber(read(subject), number.is, number.value);
      const whole = wholeTest(number, unitOf(keyword.unit));
      if (whole === 'never') return () => false;
      if (whole === 'set') return (subject) => read(subject) !== null;
      return (subject) => matchesNumber(read(subject), whole.is, whole.value);
    }
    case 'text': {
      const read = readerOf(readers.texts, name);
      const text = checked(readTextTest(name, test));
      if (text === null) return (subject) => read(subject).length > 0;
      return (subject) => read(subject).some((value) => matchesText(value, text.is, text.value));
    }
    case 'group':
    case undefined:
      throw new TypeError(`${name} has no value of its own`);
    default:
      return keyword satisfies never;
  }
}

function readerOf<Read>(readers: Readonly<Record<string, Read>>, name: string): Read {
  const read = readers[name];
  if (read === undefined) throw new TypeError(`evaluated without a check: ${name}`);
  return read;
}
