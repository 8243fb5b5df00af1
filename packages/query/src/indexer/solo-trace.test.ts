import { timeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { compareAnnotations, type GraphFact, type TraceRow } from '@fluoroscope/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEntities } from './entity.ts';
import { mergeDocument } from './merge-document.ts';
import { createServiceRefs } from './service-ref.ts';
import { emitSolo, isSolo, readSoloRow, soloEntityCount } from './solo-trace.ts';
import { TraceEntities } from './trace-entities.ts';
import { buildTraceRow } from './trace-row.ts';
import { TraceTotals } from './trace-totals.ts';

const SEED = 20_261_121;
const STAMP = { traceId: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa' as TraceId, revision: 1, updatedUs: timeUs(5) };
const IDS = Array.from('123456', (digit) => digit.repeat(16));

const fields = fc.record({
  name: fc.constantFrom('shop', 'stock', 'DynamoDB'),
  start_time: fc.integer({ min: 0, max: 9 }).map((tenths) => 1000 + tenths / 10),
  took: fc.option(fc.nat({ max: 9 })),
  flags: fc.constantFrom({}, { fault: true }, { throttle: true }, { error: true, throttle: true }),
  annotations: fc.option(
    fc.dictionary(fc.constantFrom('tier', 'n', '__proto__'), fc.constantFrom('1', 1, true, false)),
  ),
  call: fc.constantFrom({}, { namespace: 'remote' }, { namespace: 'aws', aws: { table_name: 'carts' } }),
  traced: fc.constantFrom({}, {}, { traced: true }),
});
const segment = fc.constantFrom(
  {},
  { origin: 'AWS::EC2::Instance', user: 'ann', resource_arn: 'arn:1' },
  { aws: { account_id: 7, ec2: { instance_id: 'i-1', availability_zone: 'z2' }, ecs: { availability_zone: 'z1' } } },
  { http: { request: { method: 'GET', url: '/', user_agent: 'curl', client_ip: '::1' }, response: { status: 404 } } },
);
const document = fc
  .tuple(
    fc.array(fields, { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 5 }),
    fc.constantFrom(...IDS, undefined, 'f'.repeat(16)),
    fc.boolean(),
    segment,
    fc.shuffledSubarray(IDS, { minLength: 5 }),
  )
  .map(([all, parents, parent_id, isSubsegment, more, ids]) => {
    const nodes = all.map(({ took, flags, annotations, call, traced, ...rest }, at) => ({
      id: ids[at],
      ...rest,
      ...flags,
      ...(annotations !== null && { annotations: JSON.parse(JSON.stringify(annotations)) }),
      ...((at > 0 || isSubsegment) && { ...call, ...traced }),
      ...(took === null ? { in_progress: true } : { end_time: rest.start_time + took / 10 }),
      subsegments: [] as unknown[],
    }));
    for (const [at, node] of nodes.entries()) if (at > 0) nodes[(parents[at] ?? 0) % at]?.subsegments.push(node);
    const own = isSubsegment ? { type: 'subsegment', parent_id: parent_id ?? IDS[0] } : { ...more, parent_id };
    return Object.assign(nodes[0] ?? {}, own, { trace_id: STAMP.traceId }) as unknown as TraceDocument;
  });

test('a document of its own comes to the same by the short way as by the general one', () => {
  let soloCount = 0;
  fc.assert(
    fc.property(document, (sent) => {
      const entities = readEntities(sent, 0, createServiceRefs());
      if (!isSolo(entities)) return;
      soloCount += 1;
      const solo: GraphFact[] = [];
      emitSolo(STAMP.traceId, entities, (fact) => solo.push(fact));
      const row = readSoloRow(STAMP, entities);

      const trace = new TraceEntities(STAMP.traceId);
      const totals = new TraceTotals({ areKept: true });
      const general: GraphFact[] = [];
      mergeDocument(trace, entities);
      trace.settle(
        (fact) => general.push(fact),
        (before, after) => totals.replace(before, after),
      );
      expect(sorted(row)).toEqual(sorted(buildTraceRow(STAMP, totals, () => [], trace)));
      expect(solo.map(print).sort()).toEqual(general.map(print).sort());
      expect(soloEntityCount(entities)).toBe(trace.slots.size);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  expect(soloCount).toBeGreaterThan(1_000);
});

test.each([1, 2, 5, 32, 33, 200])('%i annotations stand in the order of the document', (count) => {
  const keys = Array.from({ length: count }, (_, at) => `k${(at * 7919) % 1009}`);
  const annotations = Object.fromEntries(keys.map((key, at) => [key, at]));
  const sent = { id: IDS[0], name: 'a', start_time: 1, end_time: 2, trace_id: STAMP.traceId, annotations };
  const entities = readEntities(sent as unknown as TraceDocument, 0, createServiceRefs());
  const row = readSoloRow(STAMP, entities);
  expect(row.annotations.map(({ key, value }) => [key, value])).toEqual(keys.map((key) => [key, annotations[key]]));
});

test.each([
  ['an id twice', [0, 1, 1], undefined],
  ['its own subsegment as its parent', [0, 1], 1],
])('not by the short way: %s', (_name, ids, parent) => {
  const [first, ...rest] = ids.map((at) => ({ id: IDS[at], name: 'a', start_time: 1, end_time: 2 }));
  const parent_id = parent === undefined ? undefined : IDS[parent];
  const sent = { ...first, trace_id: STAMP.traceId, parent_id, subsegments: rest } as unknown as TraceDocument;
  expect(isSolo(readEntities(sent, 0, createServiceRefs()))).toBe(false);
});

function sorted(row: TraceRow): TraceRow {
  return { ...row, annotations: row.annotations.toSorted(compareAnnotations) };
}

function print(fact: GraphFact): string {
  return JSON.stringify(fact);
}
