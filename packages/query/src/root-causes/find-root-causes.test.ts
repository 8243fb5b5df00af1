import type { CoverageEntity, ExceptionEntity, RootCause } from '@fluoroscope/api';
import { mergeTrace, type TraceDocument } from '@fluoroscope/model';
import { readCorpus, trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { findRootCauses } from './find-root-causes.ts';
import { CAUSE_EXCEPTIONS_MAX, EXCEPTION_MESSAGE_CHARS_MAX, PATH_ENTITIES_MAX } from './limits.ts';

test.each(readCases())('$name', ({ drawing, causes }) => {
  expect(printCausesOf(trace`${drawing}`.documents)).toEqual(causes);
});

test.each([
  ['an exception thrown below, by its id', '00000000000000e1', 'Error:oh'],
  ['the subsegment that holds it (Node)', { id: '2222222222222222', exceptions: [] }, 'Error:oh'],
  ['an entity that names another one', { id: '3333333333333333' }, 'Error:oh'],
  ['nobody', '00000000000000ff', null],
  ['itself', '1111111111111111', null],
])('a cause may name %s', (_name, cause, shown) => {
  const { documents } = trace`
    shop 0..100 500 id=1111111111111111
      - work 10..20 id=2222222222222222
      - other 30..40 id=3333333333333333
  `;
  const thrown = { exceptions: [{ id: '00000000000000e1', type: 'Error', message: 'oh' }] };
  const referring = documents.map((shop) => ({
    ...shop,
    cause,
    subsegments: (shop.subsegments ?? []).map((below, at) => ({
      ...below,
      cause: at === 0 ? thrown : '2222222222222222',
    })),
  }));
  expect(printCausesOf(referring)).toEqual([
    `fault! | shop(): shop${shown === null ? '' : ` [${shown}]`}`,
    'slow! | shop(): shop 1',
  ]);
});

test('of many exceptions those of the deepest entity, their messages cut, names never missing', () => {
  const [shop] = trace`
    shop 0..100 500 throws=Outer:o
      - work 10..20 fault
  `.documents;
  const exceptions = Array.from({ length: CAUSE_EXCEPTIONS_MAX - 1 }, () => ({ message: 'm'.repeat(5_000) }));
  const subsegments = [{ ...shop?.subsegments?.[0], cause: { exceptions } }];
  const [cause] = findRootCauses(mergeTrace([{ ...shop, subsegments } as TraceDocument])).fault;
  const [outer, deepest] = cause?.Services?.[0]?.EntityPath ?? [];
  expect(deepest?.Exceptions).toHaveLength(CAUSE_EXCEPTIONS_MAX - 1);
  expect(deepest?.Exceptions?.[0]).toEqual({ Name: '', Message: 'm'.repeat(EXCEPTION_MESSAGE_CHARS_MAX) });
  expect(outer?.Exceptions).toEqual([{ Name: 'Outer', Message: 'o' }]);
});

test('of a long path its two ends, each entity under its own service', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `${'  '.repeat(at)}s${at} 0..100 500`);
  const { fault } = findRootCauses(mergeTrace(trace`${lines.join('\n')}`.documents));
  const names = fault[0]?.Services?.map(({ Name }) => Name) ?? [];
  expect(names).toHaveLength(PATH_ENTITIES_MAX);
  expect([names[0], names[PATH_ENTITIES_MAX / 2 - 1], names[PATH_ENTITIES_MAX / 2], names.at(-1)]).toEqual([
    's0',
    's19',
    's80',
    's99',
  ]);
});

test('segments that name each other in a circle end', () => {
  const documents = trace`
    a 0..100 500 id=00000000000000aa parent=00000000000000bb
    b 10..90 500 id=00000000000000bb parent=00000000000000aa
  `.documents;
  expect(printCausesOf(documents)).toEqual(['fault! | a(): a | b(): b', 'slow! | a(): a 1 | b(): b 0.8']);
});

interface Case {
  readonly name: string;
  readonly drawing: string;
  readonly causes: readonly string[];
}

function readCases(): readonly Case[] {
  const cases: { name: string; drawing: string; causes: string[] }[] = [];
  for (const line of readCorpus('root-causes/cases')) {
    const at = cases.at(-1);
    if (line.startsWith('== ')) cases.push({ name: line.slice(3), drawing: '', causes: [] });
    else if (/^\s/.test(line)) cases.splice(-1, 1, { name: '', causes: [], ...at, drawing: `${at?.drawing}${line}\n` });
    else at?.causes.push(line);
  }
  return cases;
}

function printCausesOf(documents: readonly TraceDocument[]): readonly string[] {
  const { fault, error, responseTime } = findRootCauses(mergeTrace(documents));
  return [
    ...fault.map((cause) => `fault${printCause(cause)}`),
    ...error.map((cause) => `error${printCause(cause)}`),
    ...responseTime.map((cause) => `slow${printCause(cause)}`),
  ];
}

function printCause({ Services = [], ClientImpacting }: RootCause<ExceptionEntity & CoverageEntity>): string {
  const services = Services.map(({ Name, Names, Type, AccountId, EntityPath = [], Inferred }) => {
    expect(Names).toEqual([Name]);
    const account = AccountId === undefined ? '' : ` @${AccountId}`;
    return `${Name}(${Type})${Inferred === true ? '?' : ''}${account}:${EntityPath.map(printEntity).join(',')}`;
  });
  return `${ClientImpacting === true ? '!' : ''} | ${services.join(' | ')}`;
}

function printEntity({ Name, Remote, Coverage, Exceptions = [] }: ExceptionEntity & CoverageEntity): string {
  const thrown = Exceptions.map((exception) => ` [${exception.Name}:${exception.Message}]`).join('');
  return ` ${Name}${Remote === true ? '*' : ''}${Coverage === undefined ? '' : ` ${Coverage}`}${thrown}`;
}
