import {
  inferTarget,
  isBroker,
  isSameBroker,
  isTracedCall,
  mergeTrace,
  outcomeOf,
  readReceivedFrom,
  timeUs,
  timeUsFromSeconds,
  type EntityDocument,
  type SegmentDocument,
  type ServiceKey,
  type SubsegmentDocument,
  type TraceDocument,
  type TraceId,
  CLIENT_TYPE,
  UNRESOLVED_CLIENT_TYPE,
  toLinkSource,
} from '@fluoroscope/model';
import {
  createMemoryStore,
  readChangedRows,
  type EdgeFact,
  type GraphFact,
  type NodeFact,
  type TraceRow,
} from '@fluoroscope/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRootCauses, toRootCauses } from '../root-causes/find-root-causes.ts';
import { KEPT_EXCEPTIONS_CHARS_MAX } from '../root-causes/limits.ts';
import { unpackCauses } from '../root-causes/pack-causes.ts';
import { createIndexer, type IncomingDocument } from './indexer.ts';

const SEED = 20_260_821;
const IDS = Array.from('123456789abc', (digit) => digit.repeat(16));
const TOO_LONG = 'x'.repeat(KEPT_EXCEPTIONS_CHARS_MAX + 1);
const TRACE_IDS = ['a', 'b'].map((digit) => `1-66f00000-${digit.repeat(24)}` as TraceId);

const entity = fc.record(
  {
    id: fc.constantFrom(...IDS),
    name: fc.constantFrom('shop', 'stock', 'DynamoDB'),
    start_time: fc.integer({ min: 0, max: 9 }).map((tenths) => 1000 + tenths / 10),
    length: fc.option(fc.nat({ max: 9 })),
    fault: fc.boolean(),
    error: fc.boolean(),
    cause: fc.constantFrom(
      '3333333333333333',
      { id: 'e1' },
      { exceptions: [{ id: 'e1', type: 'Error', message: 'oh' }] },
      { exceptions: [{ id: 'e1' }, { message: 'no' }] },
      { exceptions: [{ message: TOO_LONG }] },
    ),
    annotations: fc.dictionary(fc.constantFrom('tier', 'n', '__proto__'), fc.constantFrom('1', 1, true), {
      maxKeys: 2,
    }),
  },
  { requiredKeys: ['id', 'name', 'start_time', 'length'] },
);
const subsegment = fc.letrec<{ node: object }>((tie) => ({
  node: fc
    .tuple(
      entity,
      fc.constantFrom(
        {},
        {},
        { namespace: 'remote' },
        { namespace: 'aws', aws: { table_name: 'carts' } },
        { namespace: 'aws', name: 'SQS', aws: { queue_url: 'https://sqs/orders' } },
        { namespace: 'remote', annotations: { 'messaging.system': 'kafka' } },
      ),
      fc.constantFrom({}, {}, {}, { traced: true }),
      fc.option(fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'nesting' }), { maxDepth: 3, nil: undefined }),
    )
    .map(([fields, call, traced, subsegments]) => Object.assign(timed(fields), call, traced, nested(subsegments))),
})).node;
const document = fc
  .tuple(
    entity,
    fc.constantFrom(...TRACE_IDS),
    fc.option(fc.constantFrom(...IDS), { nil: undefined }),
    fc.constantFrom('segment', 'segment', 'subsegment'),
    fc.constantFrom({}, { namespace: 'remote' }, { namespace: 'remote', traced: true }),
    fc.constantFrom(
      {},
      { origin: 'AWS::EC2::Instance' },
      { origin: 'AWS::SQS::Queue' },
      { aws: { queue_url: 'https://sqs/orders' }, links: [{ trace_id: TRACE_IDS[0] }] },
      { aws: { account_id: '1' } },
      { throttle: true, user: 'ann' },
    ),
    fc.array(subsegment, { maxLength: 3 }),
  )
  .map(([fields, trace_id, parent_id, type, call, segment, subsegments]) => {
    const own =
      type === 'segment'
        ? Object.assign({ parent_id }, segment)
        : Object.assign({ type, parent_id: parent_id ?? IDS[0] }, call);
    return Object.assign(timed(fields), { trace_id }, nested(subsegments), own);
  })
  .map((value) => JSON.stringify(value));
// Each document may come several times; where batches end is part of the case.
const deliveries = fc
  .tuple(fc.array(document, { minLength: 1, maxLength: 14 }), fc.array(fc.nat({ max: 13 }), { maxLength: 8 }))
  .chain(([documents, again]) => {
    const all = [...documents, ...again.map((at) => documents[at % documents.length] ?? '')];
    return fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 }),
    );
  })
  .map(([texts, sizes]) => cut(texts, sizes));

test.each([
  ['everything remembered', 1_000, 0],
  ['nothing remembered', 0, 0],
  ['some forgotten', 12, 0],
  ['totals kept between batches', 100_000, 300],
])('%s: facts add up, rows are as from scratch', async (_name, cachedEntitiesMax, paddingCount) => {
  await fc.assert(
    fc.asyncProperty(deliveries, (batches) => checkDelivery(withPadding(batches, paddingCount), cachedEntitiesMax)),
    { seed: SEED, numRuns: paddingCount === 0 ? 200 : 40 },
  );
});

test.each([
  ['everything remembered', 100_000],
  ['nothing remembered', 0],
])('traces too large to be linked, %s: nothing is taken back that was not said', async (_name, cachedEntitiesMax) => {
  await fc.assert(
    fc.asyncProperty(deliveries, async (batches) => {
      const store = createMemoryStore();
      const indexer = createIndexer({
        readDocuments: (ids) => store.readDocuments(ids),
        readTraceRows: (ids) => store.readTraceRows(ids),
        mayKnow: () => true,
        cachedEntitiesMax,
        linkedEntitiesMax: 3,
      });
      const standing = new Map<string, number>();
      const rows = new Map<TraceId, TraceRow>();
      for (const [at, texts] of batches.entries()) {
        const batch = await indexer.index(texts.map((text) => incoming(text, at)));
        await store.write({ origin: 'journal', sequence: at + 1, ...batch });
        for (const fact of batch.facts) add(standing, fact, fact.sign);
        for (const row of await readChangedRows(batch.traces)) {
          const before = rows.get(row.traceId);
          expect(row.revision).toBe((before?.revision ?? 0) + 1);
          expect(row.entryPoint === null || row.services[row.entryPoint] !== undefined).toBe(true);
          rows.set(row.traceId, row);
        }
      }
      expect([...standing.values()].every((sum) => sum > 0)).toBe(true);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

async function checkDelivery(batches: readonly (readonly string[])[], cachedEntitiesMax: number): Promise<void> {
  const store = createMemoryStore();
  const indexer = createIndexer({
    readDocuments: (ids) => store.readDocuments(ids),
    readTraceRows: (ids) => store.readTraceRows(ids),
    mayKnow: () => true,
    cachedEntitiesMax,
  });
  const delivered: TraceDocument[] = [];
  const standing = new Map<string, number>();
  const rows = new Map<TraceId, TraceRow>();
  for (const [at, texts] of batches.entries()) {
    const batch = await indexer.index(texts.map((text) => incoming(text, at)));
    await store.write({ origin: 'journal', sequence: at + 1, ...batch });
    expect(indexer.cachedEntityCount).toBeLessThanOrEqual(cachedEntitiesMax);
    for (const fact of batch.facts) add(standing, fact, fact.sign);
    for (const row of await readChangedRows(batch.traces)) {
      expect(row.revision).toBe((rows.get(row.traceId)?.revision ?? 0) + 1);
      rows.set(row.traceId, row);
    }
    delivered.push(...texts.map((text) => JSON.parse(text) as TraceDocument));
    const expected = new Map<string, number>();
    for (const traceId of TRACE_IDS) {
      const documents = delivered.filter((sent) => sent.trace_id === traceId);
      for (const fact of expectedFacts(traceId, documents)) add(expected, fact, 1);
      if (documents.length > 0) await checkRow(rows.get(traceId), documents);
    }
    expect(standing).toEqual(expected);
  }
}

async function checkRow(row: TraceRow | undefined, documents: readonly TraceDocument[]): Promise<void> {
  const scratch = createIndexer({
    readDocuments: () => Promise.reject(new Error('unasked')),
    readTraceRows: () => Promise.reject(new Error('unasked')),
    mayKnow: () => false,
    cachedEntitiesMax: 0,
  });
  const { traces } = await scratch.index(documents.map((sent) => incoming(JSON.stringify(sent), 0)));
  const [whole] = await readChangedRows(traces);
  const { revision: _revision, updatedUs: _updated, ...rest } = whole ?? {};
  expect(row).toMatchObject(rest);
  const merged = mergeTrace(documents);
  const causes = row === undefined ? null : unpackCauses(row);
  const text = JSON.stringify(merged.segments);
  const isTooMuch = text.includes(TOO_LONG) && /"(fault|error)":true/.test(text);
  expect(causes && toRootCauses(causes)).toEqual(isTooMuch ? null : findRootCauses(merged));
  if (merged.segments.some(({ document: sent }) => sent.type === undefined && !('inferred' in sent))) {
    expect(row?.startUs).toBe(timeUsFromSeconds(merged.startTime));
    expect(row?.endUs).toBe(timeUsFromSeconds(merged.endTime));
  }
}

/** The rules of XRAY-SPEC §6 said once more, slowly: from the merged trace, without anything remembered. */
function expectedFacts(traceId: TraceId, documents: readonly TraceDocument[]): Observed[] {
  const entities = new Map<string, Known>();
  for (const { document: merged } of mergeTrace(documents).segments) {
    if ('inferred' in merged) continue;
    const isSegment = merged.type === undefined;
    collect(merged, isSegment ? 'segment' : 'subsegment', merged.parent_id ?? null, entities);
  }
  const facts: Observed[] = [];
  for (const known of entities.values()) {
    const { sent } = known;
    const observed = { traceId, ...timesOf(sent) };
    const owner = ownerOf(known, entities);
    if (known.kind === 'segment') {
      const parent = known.parentId === sent.id ? undefined : entities.get(known.parentId ?? '');
      const caller = parent && ownerOf(parent, entities);
      const service = keyOf(sent);
      const queue = parent === undefined ? null : queueBetween(parent, service);
      const declared = queue === null && caller === undefined ? readReceivedFrom(sent as SegmentDocument) : null;
      const isCalled = caller !== undefined || queue !== null || declared !== null;
      facts.push({ ...observed, kind: 'node', service, state: 'active', root: !isCalled });
      if (declared !== null) {
        const { startUs } = observed;
        const unknown = { startUs, endUs: startUs, outcome: 'pending' } as const;
        facts.push({ traceId, ...unknown, kind: 'edge', source: toLinkSource(declared), target: service, alias: null });
        continue;
      }
      if (queue !== null && parent !== undefined) {
        const startUs = timeUsFromSeconds(parent.sent.start_time);
        const age = { startUs, endUs: timeUs(Math.max(startUs, observed.startUs)), outcome: 'ok' } as const;
        facts.push({ traceId, ...age, kind: 'edge', source: toLinkSource(queue), target: service, alias: null });
        continue;
      }
      const isNamed = known.parentId !== null && known.parentId !== sent.id;
      const type = isNamed ? UNRESOLVED_CLIENT_TYPE : CLIENT_TYPE;
      const source: ServiceKey = caller ? keyOf(caller.sent) : { name: sent.name, type, accountId: null };
      const isAnswer = parent !== undefined && parent.kind !== 'segment' && inferTarget(parent.sent) !== null;
      if (caller === undefined || !isAnswer)
        facts.push({ ...observed, kind: 'edge', source, target: service, alias: null });
      continue;
    }
    const inferred = inferTarget(sent);
    if (inferred === null || owner === undefined) continue;
    const source = keyOf(owner.sent);
    const answers = [...entities.values()].filter(
      (other) =>
        other.kind === 'segment' &&
        other.parentId === sent.id &&
        other.sent.id !== sent.id &&
        queueBetween(known, keyOf(other.sent)) === null,
    );
    for (const target of distinct(answers.map((answer) => keyOf(answer.sent)))) {
      facts.push({ ...observed, kind: 'edge', source, target, alias: sent.name === target.name ? null : sent.name });
    }
    const isAwaited = isTracedCall(sent) && !isBroker(inferred.node);
    if (answers.length > 0 || isAwaited || sent.in_progress === true) continue;
    facts.push({ ...observed, kind: 'node', service: inferred.node, state: 'inferred', root: false });
    facts.push({ ...observed, kind: 'edge', source, target: inferred.node, alias: null });
  }
  return facts;
}

type Observed = Omit<NodeFact, 'sign'> | Omit<EdgeFact, 'sign'>;

interface Known {
  readonly kind: 'segment' | 'subsegment';
  readonly sent: EntityDocument;
  readonly parentId: string | null;
}

function collect(sent: EntityDocument, kind: Known['kind'], parentId: string | null, into: Map<string, Known>): void {
  into.set(sent.id, { kind, sent, parentId });
  for (const child of sent.subsegments ?? []) collect(child, 'subsegment', sent.id, into);
}

function ownerOf(known: Known, entities: ReadonlyMap<string, Known>): Known | undefined {
  const seen = new Set<Known>();
  let at: Known | undefined = known;
  while (at !== undefined && at.kind !== 'segment' && !seen.has(at)) {
    seen.add(at);
    at = entities.get(at.parentId ?? '');
  }
  return at?.kind === 'segment' ? at : undefined;
}

function keyOf(sent: EntityDocument): ServiceKey {
  const { name, origin, aws } = sent as SegmentDocument;
  return { name, type: origin ?? null, accountId: (aws?.['account_id'] as string | undefined) ?? null };
}

/** Where the message waited that a segment below this call has received. */
function queueBetween(call: Known, receiver: ServiceKey): ServiceKey | null {
  if (call.kind === 'segment') return null;
  const node = inferTarget(call.sent)?.node;
  return node !== undefined && isBroker(node) && !isSameBroker(node, receiver) ? node : null;
}

function distinct(keys: readonly ServiceKey[]): ServiceKey[] {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

function timesOf(sent: EntityDocument): Pick<GraphFact, 'startUs' | 'endUs' | 'outcome'> {
  const startUs = timeUsFromSeconds(sent.start_time);
  const endUs = timeUs(Math.max(startUs, timeUsFromSeconds(sent.end_time ?? 0)));
  return { startUs, endUs: sent.in_progress ? startUs : endUs, outcome: outcomeOf(sent) };
}

function add(
  sums: Map<string, number>,
  { sign: _sign, ...fact }: Omit<GraphFact, 'sign'> & { sign?: number },
  by: number,
) {
  const text = JSON.stringify(fact, Object.keys(fact).concat('name', 'type', 'accountId').toSorted());
  const sum = (sums.get(text) ?? 0) + by;
  if (sum === 0) sums.delete(text);
  else sums.set(text, sum);
}

function timed({ length, ...fields }: { start_time: number; length: number | null }): object {
  return length === null ? { ...fields, in_progress: true } : { ...fields, end_time: fields.start_time + length / 10 };
}

function nested(subsegments: readonly object[] | undefined): object {
  return subsegments === undefined || subsegments.length === 0 ? {} : { subsegments };
}

function incoming(text: string, at: number): IncomingDocument {
  return { document: JSON.parse(text) as TraceDocument, text, receivedUs: timeUs(at) };
}

function cut(texts: readonly string[], sizes: readonly number[]): string[][] {
  const batches: string[][] = [];
  for (let at = 0, batch = 0; at < texts.length; batch += 1) {
    const size = sizes[batch % sizes.length] ?? 1;
    batches.push(texts.slice(at, at + size));
    at += size;
  }
  return batches;
}

/** So many subsegments that totals are worth keeping. */
function withPadding(batches: readonly (readonly string[])[], count: number): readonly (readonly string[])[] {
  if (count === 0) return batches;
  const subsegments: SubsegmentDocument[] = Array.from({ length: count }, (_, at) => ({
    id: at.toString(16).padStart(16, 'f') as SubsegmentDocument['id'],
    name: 'step',
    start_time: 1000.5,
    end_time: 1000.6,
    annotations: { step: at },
  }));
  const padding = TRACE_IDS.map((trace_id) =>
    JSON.stringify({ id: 'e'.repeat(16), trace_id, name: 'pad', start_time: 1000.4, end_time: 1000.7, subsegments }),
  );
  return [padding, ...batches];
}
