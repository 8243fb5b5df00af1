import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { OtlpAttribute, OtlpSpan, OtlpSpanGroup } from './span.ts';
import { Fields } from './span-fields.ts';
import { toPrintedDocuments } from './to-documents.ts';

const SEED = 20_261_122;
const LONG_KEY = 'k'.repeat(65);
const OWN_KEYS = ['k', 'a-b', 'a_b', LONG_KEY, 'otel.resource.k', 'otel.resource.a-b', 'aws.xray.metadata.own'];

afterEach(() => {
  vi.restoreAllMocks();
});

test.each(['all', 'some'] as const)('what a span is not asked for would have told nothing: %s indexed', (which) => {
  const indexed = which === 'all' ? which : new Set(['k', 'a-b', 'otel.resource.k']);
  const keys = findKeys();
  expect(keys).toEqual(expect.arrayContaining(['http.method', 'db.connection_string', 'aws.s3.bucket', 'mesh.side']));
  fc.assert(
    fc.property(groupOf([...keys, ...OWN_KEYS]), (group) => {
      const short = toPrintedDocuments([group], { indexed });
      expect(short).toEqual(theLongWay(() => toPrintedDocuments([group], { indexed })));
    }),
    { seed: SEED, numRuns: 1_500 },
  );
});

/** Every key that is asked for, found by asking: some are asked for only where another one is. */
function findKeys(): readonly string[] {
  const found = new Set<string>();
  for (const name of ['get', 'text', 'number', 'texts'] as const) {
    const ask = Fields.prototype[name];
    vi.spyOn(Fields.prototype, name).mockImplementation(function (this: Fields, ...keys: readonly string[]) {
      for (const key of keys) found.add(key);
      return Reflect.apply(ask, this, keys);
    });
  }
  for (let foundBefore = -1; found.size > foundBefore;) {
    foundBefore = found.size;
    const groups = fc.sample(groupOf([...found, 'k']), { seed: SEED, numRuns: 500 });
    theLongWay(() => toPrintedDocuments(groups, { indexed: new Set() }));
  }
  vi.restoreAllMocks();
  return [...found];
}

/** Asks for everything. */
function theLongWay<T>(print: () => T): T {
  const lacks = vi.spyOn(Fields.prototype, 'lacks').mockReturnValue(false);
  try {
    return print();
  } finally {
    lacks.mockRestore();
  }
}

function groupOf(keys: readonly string[]): fc.Arbitrary<OtlpSpanGroup> {
  const value = fc.oneof(
    fc.constantFrom('LOCAL_ROOT', 'aws-api', 'proxy', 'mysql', 'AWS.SDK.S3', '404', 'outbound|9080||a.b.svc.c', 'x"y'),
    fc.constantFrom(200, 429, 0.5, 7),
  );
  const attribute = fc
    .tuple(fc.constantFrom(...keys), value)
    .map(([key, item]): OtlpAttribute =>
      typeof item === 'string'
        ? { key, type: 'string', value: item }
        : Number.isInteger(item)
          ? { key, type: 'int', value: item }
          : { key, type: 'double', value: item },
    );
  const attributes = fc.array(attribute, { maxLength: 4 });
  return fc.record({
    resource: attributes.map((list) => ({ attributes: list, droppedAttributesCount: 0, schemaUrl: '' })),
    scope: fc.constant({ name: 's', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' }),
    spans: fc.array(spanOf(attributes), { minLength: 1, maxLength: 2 }),
  });
}

function spanOf(attributes: fc.Arbitrary<OtlpAttribute[]>): fc.Arbitrary<OtlpSpan> {
  return fc
    .record({ attributes, kind: fc.nat({ max: 5 }), isRoot: fc.boolean(), code: fc.nat({ max: 2 }), ns: fc.nat(999) })
    .map(({ isRoot, code, ns, ...given }) => ({
      ...given,
      traceId: '5759e988bd862e3fe1be46a994272793',
      spanId: '53995c3f42cd8ad8',
      parentSpanId: isRoot ? '' : '2222222222222222',
      traceState: '',
      flags: 0,
      name: 'GET /cart?',
      start: { us: 1_727_004_672_000_001, ns },
      end: { us: 1_727_004_672_500_000, ns: 0 },
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code, message: '' },
    }));
}
