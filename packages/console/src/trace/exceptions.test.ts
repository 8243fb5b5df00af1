import { expect, test } from 'vitest';
import { type Entity, readEntities } from './entity.ts';
import { exceptionsOf } from './exceptions.ts';

const INNER = {
  id: 'e2',
  type: 'Inner',
  message: 'no pool',
  remote: true,
  stack: [{ path: 'db.js', line: null, label: 'query' }],
};
const OUTER = { id: 'e1', type: 'Outer', message: 'order failed', cause: 'e2' };

test('a chain is told from the outermost to its cause, in whatever order it was sent', () => {
  const { entity, all } = load([{ id: 'a', cause: { exceptions: [INNER, OUTER] } }]);
  const { exceptions, recordedAt } = exceptionsOf(entity, all);
  expect(exceptions.map((exception) => exception.type)).toEqual(['Outer', 'Inner']);
  expect(exceptions[1]).toMatchObject({ remote: true, stack: [{ path: 'db.js', line: undefined, label: 'query' }] });
  expect(recordedAt).toBeNull();
});

test.each([
  ['the id of an exception', 'e2'],
  ['the id of the subsegment that holds it', 'b'],
  ['an object with such an id', { id: 'b', exceptions: [] }],
])('a reference is followed: %s', (_name, cause) => {
  const { entity, all } = load([
    { id: 'a', cause },
    { id: 'b', cause: { exceptions: [INNER] } },
  ]);
  const view = exceptionsOf(entity, all);
  expect(view.recordedAt?.id).toBe('b');
  expect(view.exceptions.map((exception) => exception.message)).toEqual(['no pool']);
});

test.each([
  ['a reference to nothing', 'gone'],
  ['not a cause', 7],
  ['no list', { exceptions: 'x' }],
  ['no objects', { exceptions: [null, 3] }],
])('%s gives no exceptions', (_name, cause) => {
  const { entity, all } = load([{ id: 'a', cause }]);
  expect(exceptionsOf(entity, all).exceptions).toEqual([]);
});

test('exceptions that cause each other are each told once', () => {
  const loop = [
    { id: 'x', type: 'X', cause: 'y' },
    { id: 'y', type: 'Y', cause: 'x' },
  ];
  const { entity, all } = load([{ id: 'a', cause: { exceptions: loop } }]);
  expect(exceptionsOf(entity, all).exceptions.map((exception) => exception.type)).toEqual(['X', 'Y']);
});

function load(documents: readonly object[]): { entity: Entity; all: readonly Entity[] } {
  const all = readEntities({ Segments: documents.map((document) => ({ Document: JSON.stringify(document) })) });
  const [entity] = all;
  if (entity === undefined) throw new Error('no document');
  return { entity, all };
}
