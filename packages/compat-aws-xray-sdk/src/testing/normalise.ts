import type { Document } from './run-app.ts';

const HEX_16 = /^[0-9a-f]{16}$/;
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

/** Documents without what differs from run to run: ids are numbered as they come, times and ports are words, and stacks stay out. */
export function normalise(documents: readonly Document[]): readonly Document[] {
  const ids = new Map<string, string>();
  const idOf = (kind: string, id: string): string => {
    const known = ids.get(id) ?? `${kind} ${ids.size}`;
    ids.set(id, known);
    return known;
  };
  const clean = (value: unknown, key: string): unknown => {
    if (typeof value === 'number' && key.endsWith('_time')) return 'time';
    if (key === 'stack') return Array.isArray(value) && value.length > 0 ? 'frames' : 'no frames';
    if (key === 'working_directory') return 'folder';
    if (typeof value === 'string') {
      if (TRACE_ID.test(value)) return idOf('trace', value);
      return HEX_16.test(value) ? idOf('id', value) : value.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:port');
    }
    if (Array.isArray(value)) return value.map((each) => clean(each, key));
    if (typeof value !== 'object' || value === null) return value;
    const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, each]) => [name, clean(each, name)]));
  };
  return documents.map((document) => clean(document, '') as Document);
}
