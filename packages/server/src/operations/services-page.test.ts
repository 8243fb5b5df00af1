import type { GraphService } from '@fluoroscope/query';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPageTokens } from '../page-token.ts';
import { createServicesPage, type PageOfServices } from './services-page.ts';

const SEED = 20_261_121;
const tokens = createPageTokens(Buffer.alloc(32, 1));

test('services come in pages, under the numbers of the whole graph', () => {
  const pages = readAll(pageOf(), () => graph('abcdefg'));
  expect(pages.map((page) => page.map(({ ReferenceId }) => ReferenceId))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(pages.flat()).toEqual(graph('abcdefg'));
});

test('one page keeps nothing', () => {
  expect(pageOf()(graph('abc'), ['x'], undefined)).toEqual({ Services: graph('abc') });
});

test('what comes and goes between pages changes no number', () => {
  const versions = ['abcdef', '0abdef', '0abd1ef'];
  const pages = readAll(pageOf(), (at) => graph(versions[at] ?? ''));
  expect(pages.map(namesOf)).toEqual(['abc', 'def', '01']);
  // c has gone, and edges of the first page led to it.
  expect(edgesOf(pages)).toEqual(expect.arrayContaining(['a>b', 'b>c', 'd>e', 'e>f', '0>a', '1>e']));
  const gone = readAll(pageOf(), (at) => graph(at === 0 ? 'abcdef' : 'abcdf')).flat()[4];
  expect(gone).toEqual({ ReferenceId: 4, Name: 'e', Names: ['e'], State: 'unknown', Edges: [] });
});

test('whatever comes and goes, each service is there once and every edge leads to what it names', () => {
  const letters = fc.uniqueArray(fc.constantFrom(...Array.from('abcdefghijklmnop')), { minLength: 4 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 6, maxLength: 6 }), (versions) => {
      const texts = versions.map((version) => version.toSorted().join(''));
      const pages = readAll(pageOf(), (at) => graph(texts[Math.min(at, 5)] ?? ''));
      const names = namesOf(pages.flat());
      expect(new Set(names).size).toBe(names.length);
      expect(pages.flat().map(({ ReferenceId }) => ReferenceId)).toEqual(Array.from(names, (_name, at) => at));
      expect(edgesOf(pages).every((edge) => texts.some((text) => text.includes(edge.replace('>', ''))))).toBe(true);
    }),
    { seed: SEED },
  );
});

test('when the order is forgotten, a graph of another size is refused and one of the same goes on', () => {
  const page = pageOf(6);
  const { NextToken: first } = page(graph('abcdef'), ['x'], undefined);
  const { NextToken: second } = page(graph('abcdef'), ['x'], undefined);
  expect(namesOf(page(graph('0abcdef'), ['x'], second).Services)).toBe('def');
  expect(namesOf(page(graph('abcdef'), ['x'], first).Services)).toBe('def');
  expect(() => page(graph('0abcdef'), ['x'], first)).toThrow(/has changed/);
  expect(() => page(graph('abcdef'), ['y'], first)).toThrow(/does not belong/);
});

test('after a restart', () => {
  const { NextToken } = pageOf()(graph('abcdef'), ['x'], undefined);
  expect(namesOf(pageOf()(graph('abcdef'), ['x'], NextToken).Services)).toBe('def');
});

function pageOf(orderedServicesMax = 100): PageOfServices {
  return createServicesPage({ tokens, pageCountMax: 3, orderedServicesMax });
}

/** `at` counts the pages. */
function readAll(
  page: PageOfServices,
  graphAt: (at: number) => readonly GraphService[],
): readonly (readonly GraphService[])[] {
  const pages: (readonly GraphService[])[] = [];
  let token: string | undefined;
  do {
    const { Services, NextToken } = page(graphAt(pages.length), ['x'], token);
    pages.push(Services);
    token = NextToken;
  } while (token !== undefined);
  return pages;
}

/** A service a letter, each calling the next. */
function graph(names: string): readonly GraphService[] {
  return Array.from(names, (Name, ReferenceId) => ({
    ReferenceId,
    Name,
    Names: [Name],
    Edges: ReferenceId + 1 < names.length ? [{ ReferenceId: ReferenceId + 1 }] : [],
  }));
}

function namesOf(services: readonly GraphService[]): string {
  return services.map(({ Name }) => Name).join('');
}

function edgesOf(pages: readonly (readonly GraphService[])[]): readonly string[] {
  const all = pages.flat();
  return all.flatMap(({ Name, Edges = [] }) => Edges.map((edge) => `${Name}>${all[edge.ReferenceId ?? -1]?.Name}`));
}
