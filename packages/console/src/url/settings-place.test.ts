import { expect, test } from 'vitest';
import { printPlace, readPlace } from './place.ts';

test.each([
  ['/settings/groups?v=1', { section: 'groups', open: null }],
  ['/settings/sampling?v=1&edit=pay+%2F+all', { section: 'sampling', open: { how: 'edit', name: 'pay / all' } }],
  ['/settings/groups?v=1&new=', { section: 'groups', open: { how: 'copy', name: '' } }],
  ['/settings/groups?v=1&new=slow', { section: 'groups', open: { how: 'copy', name: 'slow' } }],
  ['/settings/health?v=1', { section: 'health', open: null }],
  ['/settings/indexing?v=1', { section: 'indexing', open: null }],
  ['/settings/policies?v=1&edit=a%2Bb%40c', { section: 'policies', open: { how: 'edit', name: 'a+b@c' } }],
])('%s is read and printed', (url, expected) => {
  const [path = '', search] = url.split('?');
  const place = readPlace(path, `?${search}`);
  expect(place).toEqual({ page: 'settings', ...expected });
  expect(printPlace(place)).toBe(url);
});

test.each([
  ['/settings', 'settings'],
  ['/settings/', 'settings'],
  ['/settings/nothing', 'missing'],
  ['/settings/groups/x', 'missing'],
])('%s is of the page %s', (path, page) => {
  expect(readPlace(path, '').page).toBe(page);
});
