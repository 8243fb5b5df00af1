import { timeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, matchesCondition, type TraceRow, type TraceStore } from '@fluoroscope/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEYWORDS, type Place } from '../filter/keywords.ts';
import { readFilter } from '../filter/filter.ts';
import type { FilterPlan } from '../filter/plan.ts';
import { createIndexer } from '../indexer/indexer.ts';
import { compileFilter } from './evaluate.ts';
import { compileRowJudge } from './judge-row.ts';
import { createVerifier } from './verify-traces.ts';
import { wholeTrace, type WholeTrace } from './whole-trace.ts';

const SEED = 20_261_121;
const TRACES = 60;
const ALL_TIME = { startUs: timeUs(0), endUs: timeUs(9e15), rangeOf: 'start', limit: TRACES, after: null } as const;

const NAMES = ['shop', 'stock', 'cart', 'SQS'];
const TEXTS = [
  ...NAMES,
  'ann',
  'GET',
  'http://shop/',
  'i-1',
  'zone-a',
  'arn:1',
  '000000000001',
  '',
  'x',
  'AWS::SQS::Queue',
];
const KEYS = ['tier', 'order.id', '__proto__'];

const expressions = expressionsIn('trace');

test('evaluator and store agree on exact plans, and no store misses a trace; 20,000 expressions', async () => {
  const { traces } = await storedTraces();
  const counts = { exact: 0, verified: 0, found: 0, missed: 0, row: 0, certain: 0 };
  let turn = 0;
  fc.assert(
    fc.property(expressions, (text) => {
      const plan = planned(text);
      if (plan.node === null) return;
      const evaluate = compileFilter(plan.node);
      const judge = compileRowJudge(plan.node);
      for (let step = 0; step < 2; step += 1) {
        turn += 7;
        const { row, whole } = traces[turn % traces.length] ?? never();
        const meant = evaluate(whole);
        const isCandidate = matchesCondition(row, plan.condition);
        const judged = judge(row);
        // `expect` takes longer than all the rest.
        const agrees = plan.reasons.length === 0 ? isCandidate === meant : isCandidate || meant === false;
        const isCertain = plan.certain !== null && matchesCondition(row, plan.certain);
        const isUncertain = plan.uncertain !== null && matchesCondition(row, plan.uncertain);
        const isDivided = isCandidate === (isCertain || isUncertain) && !(isCertain && isUncertain);
        if (!agrees || !isDivided || (isCertain && meant !== true) || (judged !== null && judged !== meant)) {
          throw new Error(JSON.stringify({ meant, isCandidate, isCertain, isUncertain, judged, plan, row }));
        }
        counts.certain += isCertain && plan.reasons.length > 0 ? 1 : 0;
        counts[plan.reasons.length === 0 ? 'exact' : 'verified'] += 1;
        counts[meant === true ? 'found' : 'missed'] += 1;
        counts.row += judged === null ? 0 : 1;
      }
    }),
    { seed: SEED, numRuns: 20_000 },
  );
  // What is compared is worth comparing.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(2_000);
});

test('the memory store with a verifier finds what the expression means', async () => {
  const { traces, store } = await storedTraces();
  for (const text of fc.sample(expressions, { seed: SEED, numRuns: 40 })) {
    const plan = planned(text);
    const { rows } = await store.findTraces({ ...ALL_TIME, condition: plan.condition });
    const verifier = createVerifier({
      plan,
      readDocuments: (ids) => store.readDocuments(ids),
      budget: { traceCountMax: 1_000, documentCountMax: 1e6, charsMax: 1e9, wallMsMax: 60_000 },
    });
    const found = plan.reasons.length === 0 ? rows : (await verifier.verify(rows)).rows;
    const evaluate = plan.node === null ? () => true : compileFilter(plan.node);
    const meant = traces.filter(({ whole }) => evaluate(whole));
    expect([text, found.map(({ traceId }) => traceId).toSorted()]).toEqual([
      text,
      meant.map(({ row }) => row.traceId).toSorted(),
    ]);
  }
});

function planned(text: string): FilterPlan {
  const plan = readFilter(text, (_by, group) => (group === 'faulty' ? 'fault OR service{fault}' : null));
  if (!plan.ok) throw new Error(`${plan.problem.code}: ${text}`);
  return plan.value;
}

interface StoredTrace {
  readonly row: TraceRow;
  readonly whole: WholeTrace;
}

async function storedTraces(): Promise<{ readonly traces: readonly StoredTrace[]; readonly store: TraceStore }> {
  const store = createMemoryStore();
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: (id) => store.mayKnow(id),
    cachedEntitiesMax: 1_000_000,
  });
  const traces: StoredTrace[] = [];
  for (const [at, documents] of fc.sample(documentsOfTrace, { seed: SEED, numRuns: TRACES }).entries()) {
    const trace_id = `1-66f00000-${at.toString(16).padStart(24, '0')}` as TraceId;
    const sent = documents.map((document) => Object.assign({}, document, { trace_id }) as TraceDocument);
    const incoming = sent.map((document) => ({ document, text: JSON.stringify(document), receivedUs: timeUs(0) }));
    const batch = await indexer.index(incoming);
    await store.write({ origin: 'x', sequence: at + 1, ...batch });
    const stored = await store.readDocuments([trace_id]);
    const [row = never()] = await store.readTraceRows([trace_id]);
    traces.push({
      row,
      whole: wholeTrace(
        trace_id,
        stored.map(({ text }) => JSON.parse(text) as TraceDocument),
      ),
    });
  }
  return { traces, store };
}

function never(): never {
  throw new Error('there is none');
}

/** Valid expressions only: of what is refused other tests speak. */
function expressionsIn(place: Place): fc.Arbitrary<string> {
  return fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leavesIn(place), weight: 6 },
      { arbitrary: tie('node').map((term) => `!(${term})`), weight: 2 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(' AND ', ' OR ', ' '), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
          .map(([word, terms]) => terms.map((term) => `(${term})`).join(word)),
        weight: 2,
      },
    ),
  })).node;
}

function leavesIn(place: Place): fc.Arbitrary<string> {
  const keywords = [...KEYWORDS].filter(([name, { places }]) => places.includes(place) && !name.startsWith('group.'));
  const text = fc.constantFrom(...TEXTS).map((value) => JSON.stringify(value));
  const number = fc.constantFrom('0', '0.1', '0.3', '0.5', '1', '200', '404', '0.0000015', '0.7');
  const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
  const textTest = fc.tuple(fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'), text);
  const tests: { readonly [Type in 'boolean' | 'number' | 'text' | 'group']: fc.Arbitrary<string> } = {
    boolean: fc.constantFrom('', ' = true', ' = false', ' != true'),
    number: fc.oneof(
      fc.constant(''),
      fc.tuple(comparison, number).map(([is, value]) => ` ${is} ${value}`),
    ),
    text: fc.oneof(
      fc.constant(''),
      textTest.map(([is, value]) => ` ${is} ${value}`),
    ),
    group: fc.constant(''),
  };
  const keyword = fc
    .constantFrom(...keywords)
    .chain(([name, { type }]) => tests[type].map((written) => `${name}${written}`));
  const annotated = fc.oneof(tests.number, tests.text, fc.constantFrom(' = true', ' != false'));
  const annotation = fc
    .tuple(
      fc.constantFrom(...(place === 'edge' ? ['', 'source.', 'destination.'] : [''])),
      fc.constantFrom(...KEYS),
      annotated,
    )
    .map(([of, key, written]) => `${of}annotation[${key}]${written}`);
  if (place === 'trace') return fc.oneof(keyword, annotation, outerLeaves());
  return place === 'service' || place === 'edge' ? fc.oneof(keyword, annotation) : keyword;
}

function outerLeaves(): fc.Arbitrary<string> {
  const name = fc.constantFrom(...NAMES).map((value) => JSON.stringify(value));
  const id = fc.constantFrom(
    'id(type: "remote")',
    'id(type: client)',
    'id(name: "shop", type: "client")',
    'id(account.id: "000000000001")',
  );
  const selector = fc.oneof({ arbitrary: name, weight: 3 }, { arbitrary: id, weight: 1 });
  const body = (place: Place): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant(''),
      expressionsIn(place).map((inside) => `{ ${inside} }`),
    );
  const edge = fc
    .tuple(fc.constantFrom('', '1', '2'), selector, selector, body('edge'))
    .map(([ends, a, b, inside]) => `edge(${ends === '' ? '' : ends === '1' ? a : `${a}, ${b}`})${inside}`);
  const service = fc
    .tuple(fc.oneof(fc.constant(''), selector), body('service'))
    .map(([of, inside]) => `service(${of})${inside}`);
  const cause = fc.constantFrom('fault', 'error', 'responsetime');
  const rootCause = fc.oneof(
    fc.tuple(cause, body('cause-service')).map(([of, inside]) => `rootcause.${of}.service${inside}`),
    fc
      .tuple(fc.constantFrom('fault', 'error'), body('cause-entity'))
      .map(([of, inside]) => `rootcause.${of}.entity${inside}`),
    body('slow-entity').map((inside) => `rootcause.responsetime.entity${inside}`),
    body('cause-exception').map((inside) => `rootcause.fault.exception${inside}`),
    fc.constantFrom(...NAMES).map((one) => `rootcause.json = #[{"Services":[{"Name":${JSON.stringify(one)}}]}]`),
  );
  return fc.oneof(
    { arbitrary: fc.oneof(edge, service), weight: 3 },
    { arbitrary: rootCause, weight: 1 },
    { arbitrary: fc.constantFrom('group.name = "faulty"', 'group.name != "faulty"', 'group.arn = "all"'), weight: 1 },
  );
}

const annotations = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom('x', 'ann', 1, 200, true, false), {
  maxKeys: 2,
});
const entity = fc
  .record({
    id: fc.constantFrom(...Array.from('123456789ab', (digit) => digit.repeat(16))),
    name: fc.constantFrom(...NAMES),
    startTenths: fc.integer({ min: 0, max: 9 }),
    lengthTenths: fc.option(fc.nat({ max: 9 }), { freq: 6 }),
    flags: fc.constantFrom({}, {}, {}, { fault: true }, { error: true }, { error: true, throttle: true }),
    status: fc.option(fc.constantFrom(200, 404)),
    own: fc.option(annotations, { nil: undefined }),
    cause: fc.constantFrom({}, {}, { cause: { exceptions: [{ id: 'e', type: 'shop', message: 'x' }] } }),
  })
  .map(({ id, name, startTenths, lengthTenths, flags, status, own, cause }) => {
    const start_time = 1000 + startTenths / 10;
    const ended = lengthTenths === null ? { in_progress: true } : { end_time: start_time + lengthTenths / 10 };
    const http = { request: { method: 'GET', url: 'http://shop/' }, response: { status } };
    const annotated = own === undefined ? {} : { annotations: own };
    return Object.assign({ id, name, start_time }, ended, flags, status === null ? {} : { http }, annotated, cause);
  });
const CALLS = [
  {},
  { namespace: 'remote' },
  { namespace: 'remote', traced: true },
  { namespace: 'aws', aws: { table_name: 'carts', account_id: '000000000001' } },
  { namespace: 'aws', aws: { queue_url: 'shop' } },
];
const subsegment = fc.letrec<{ node: object }>((tie) => ({
  node: fc
    .tuple(
      entity,
      fc.constantFrom(...CALLS),
      fc.option(fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'nesting' }), { maxDepth: 3, nil: undefined }),
    )
    .map(([fields, call, subsegments]) =>
      Object.assign(fields, call, subsegments === undefined ? {} : { subsegments }),
    ),
})).node;
const PLACES = [
  {},
  { origin: 'remote' },
  { aws: { account_id: '000000000001', ec2: { instance_id: 'i-1', availability_zone: 'zone-a' } } },
  { user: 'ann', resource_arn: 'arn:1' },
];
const documentsOfTrace = fc.array(
  fc
    .tuple(
      entity,
      fc.option(
        entity.map(({ id }) => id),
        { nil: undefined },
      ),
      fc.constantFrom('segment', 'segment', 'segment', 'subsegment'),
      fc.constantFrom(...PLACES),
      fc.constantFrom(...CALLS),
      fc.array(subsegment, { maxLength: 3 }),
    )
    .map(([fields, parent_id, type, place, call, subsegments]) => {
      const inside = subsegments.length === 0 ? {} : { subsegments };
      if (type === 'subsegment')
        return Object.assign(fields, { type, parent_id: parent_id ?? '1'.repeat(16) }, call, inside);
      return Object.assign(fields, parent_id === undefined ? {} : { parent_id }, place, inside);
    }),
  { minLength: 1, maxLength: 8 },
);
