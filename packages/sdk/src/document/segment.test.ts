import { afterEach, expect, test, vi } from 'vitest';
import { SegmentUtils } from '../segment-utils.ts';
import { SqlData } from '../sql-data.ts';
import { openLog } from '../testing/log.ts';
import { sent } from '../testing/sent.ts';
import { readDocument } from '../testing/udp-receiver.ts';
import { Segment } from './segment.ts';
import { Subsegment } from './subsegment.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

afterEach(() => {
  sent.length = 0;
  SegmentUtils.setStreamingThreshold(100);
  Object.assign(SegmentUtils, { origin: undefined, pluginData: undefined, sdkData: undefined, serviceData: undefined });
});

const names = (): readonly string[] => sent.map(({ name }) => name);

test('a segment takes over the ids of its caller', () => {
  const segment = new Segment('shop', ROOT, '53995c3f42cd8ad8');
  expect([segment.trace_id, segment.parent_id]).toEqual([ROOT, '53995c3f42cd8ad8']);
  expect(new Segment('shop').trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
});

test('a name has to be a text', () => {
  for (const Kind of [Segment, Subsegment])
    expect(() => new Kind(undefined as unknown as string)).toThrow('must be of type string');
});

test('everything that can be recorded arrives', () => {
  SegmentUtils.setSDKData({ sdk: 'X-Ray for Node.js' });
  SegmentUtils.setServiceData({ runtime: 'node' });
  SegmentUtils.setPluginData({ ec2: { instance_id: 'i-1' } });
  SegmentUtils.setOrigin('AWS::EC2::Instance');
  const segment = new Segment('shop', ROOT);
  segment.setUser('ann');
  segment.setMatchedSamplingRule('all "carts"');
  segment.addAnnotation('tier', 'gold "1"\n');
  segment.addAnnotation('items', 3);
  segment.addAnnotation('paid', true);
  segment.addMetadata('cart', { big: 10n });
  segment.addMetadata('cart', [1], 'mine');
  segment.addErrorFlag();
  segment.addThrottleFlag();
  const query = segment.addNewSubsegment('db@host');
  query.namespace = 'remote';
  query.addSqlData(new SqlData('16', 'pg', 'ann', 'postgresql://host/db', 'statement'));
  query.addPrecursorId('aaaaaaaaaaaaaaaa');
  query.addAttribute('aws', { operation: 'GetItem' });
  query.close();
  segment.close();
  const document = readDocument(sent[0]?.text ?? '');
  expect(document).toMatchObject({
    trace_id: ROOT,
    name: 'shop',
    origin: 'AWS::EC2::Instance',
    user: 'ann',
    service: { runtime: 'node' },
    aws: { ec2: { instance_id: 'i-1' }, xray: { sdk: 'X-Ray for Node.js', rule_name: 'all "carts"' } },
    annotations: { tier: 'gold "1"\n', items: 3, paid: true },
    metadata: { default: { cart: { big: '10' } }, mine: { cart: [1] } },
    error: true,
    throttle: true,
  });
  expect(document['subsegments']).toMatchObject([
    {
      name: 'db@host',
      namespace: 'remote',
      sql: { url: 'postgresql://host/db', user: 'ann' },
      aws: { operation: 'GetItem' },
    },
  ]);
});

test('aws data of one segment is its own', () => {
  SegmentUtils.setSDKData({ sdk: 'x' });
  const [one, two] = [new Segment('one'), new Segment('two')];
  one.setMatchedSamplingRule('r');
  one.addPluginData({ ecs: { container: 'c' } });
  expect(one.aws).toEqual({ xray: { sdk: 'x', rule_name: 'r' }, ecs: { container: 'c' } });
  expect(two.aws).toEqual({ xray: { sdk: 'x' } });
  one.setSDKData({ sdk: 'y' });
  expect(JSON.parse(one.format())).toMatchObject({ aws: { xray: { sdk: 'y' }, ecs: { container: 'c' } } });
});

test.each([
  ['a list', 'key', []],
  ['an object', 'key', {}],
  ['nothing', 'key', undefined],
  ['infinity', 'key', Infinity],
  ['a key that is no text', 1, 'value'],
])('an annotation is refused: %s', (_, key, value) => {
  using log = openLog();
  const segment = new Segment('shop');
  segment.addAnnotation(key as string, value as string);
  expect([segment.annotations, log.errors.length]).toEqual([undefined, 1]);
});

test('metadata that cannot be printed costs itself only', () => {
  const segment = new Segment('shop');
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  segment.addMetadata('cycle', cycle);
  segment.addMetadata('good', 1);
  segment.addMetadata('none', null);
  segment.addMetadata('evil', 1, '__proto__');
  expect(JSON.parse(segment.format())).toMatchObject({
    metadata: { default: { cycle: expect.stringContaining('not serializable') as string, good: 1, none: '' } },
  });
});

test('a segment is sent once all that is in it is closed, and once only', () => {
  const segment = new Segment('shop');
  const outer = segment.addNewSubsegment('outer');
  const inner = outer.addNewSubsegment('inner');
  segment.close();
  const end = segment.end_time;
  outer.close();
  expect(names()).toEqual([]);
  inner.close();
  inner.close();
  segment.close();
  expect(names()).toEqual(['shop']);
  expect(segment.end_time).toBe(end);
});

test('a subsegment that comes after its segment is sent on its own', () => {
  const segment = new Segment('shop', ROOT);
  const early = segment.addNewSubsegment('early');
  early.close();
  segment.close();
  const late = early.addNewSubsegment('late');
  late.addNewSubsegment('within').close();
  late.close();
  expect(names()).toEqual(['shop', 'within', 'late']);
  expect(readDocument(sent[2]?.text ?? '')).toMatchObject({ type: 'subsegment', trace_id: ROOT, parent_id: early.id });
});

test('a subsegment that is closed already can be added', () => {
  const segment = new Segment('shop');
  const closed = new Subsegment('closed');
  closed.close();
  segment.addSubsegment(closed);
  segment.close();
  expect(readDocument(sent[0]?.text ?? '')['subsegments']).toMatchObject([{ name: 'closed' }]);
});

test('a tree that is added whole counts its open ones and belongs to the segment', () => {
  const segment = new Segment('shop');
  const top = new Subsegment('top');
  const below = top.addNewSubsegment('below');
  segment.addSubsegment(top);
  expect([segment.counter, below.segment]).toEqual([2, segment]);
  segment.close();
  below.close();
  top.close();
  expect(names()).toEqual(['shop']);
});

test('what is no subsegment is not added', () => {
  expect(() => new Segment('shop').addSubsegment(new Segment('x') as unknown as Subsegment)).toThrow(
    'Not a subsegment',
  );
});

test('finished subsegments leave when there are more than the threshold, one after the other too', () => {
  SegmentUtils.setStreamingThreshold(3);
  const segment = new Segment('shop', ROOT);
  for (let at = 0; at < 10; at += 1) segment.addNewSubsegment(`s${at}`).close();
  segment.close();
  const documents = sent.map(({ text }) => readDocument(text));
  const embedded = documents.at(-1)?.['subsegments'] as unknown[] | undefined;
  expect(documents.at(-1)).toMatchObject({ name: 'shop' });
  expect(documents.length - 1 + (embedded?.length ?? 0)).toBe(10);
  expect(documents.length).toBeGreaterThan(4);
});

test('a parent that was sent gets its late child', () => {
  SegmentUtils.setStreamingThreshold(0);
  const segment = new Segment('shop', ROOT);
  const parent = segment.addNewSubsegment('parent');
  parent.close();
  parent.addNewSubsegment('child').close();
  segment.close();
  expect(names()).toEqual(['parent', 'child', 'shop']);
  expect(readDocument(sent[1]?.text ?? '')).toMatchObject({ parent_id: parent.id });
});

test('a parent closed before its children leaves with the last of them', () => {
  SegmentUtils.setStreamingThreshold(0);
  const segment = new Segment('shop');
  const parent = segment.addNewSubsegment('parent');
  const child = parent.addNewSubsegment('child');
  parent.close();
  child.close();
  expect(names()).toEqual(['parent']);
  expect(readDocument(sent[0]?.text ?? '')['subsegments']).toMatchObject([{ name: 'child' }]);
});

test.each([-1, NaN, Infinity])('a threshold is refused: %s', (threshold) => {
  using log = openLog();
  SegmentUtils.setStreamingThreshold(threshold);
  expect([SegmentUtils.getStreamingThreshold(), log.errors.length]).toEqual([100, 1]);
});

test('nothing of an unsampled segment is kept or sent', () => {
  SegmentUtils.setStreamingThreshold(0);
  const segment = new Segment('shop');
  segment.notTraced = true;
  segment.addAnnotation('a', 1);
  segment.addMetadata('a', 1);
  segment.addError(new Error('no'));
  segment.addNewSubsegment('call').close();
  segment.close();
  expect([segment.annotations, segment.metadata, segment.cause, segment.fault]).toEqual([
    undefined,
    undefined,
    undefined,
    true,
  ]);
  expect(names()).toEqual([]);
});

test('an unsampled subsegment of a sampled segment is left out', () => {
  const segment = new Segment('shop');
  segment.addNewSubsegmentWithoutSampling('hidden').close();
  segment.addNewSubsegment('seen').close();
  segment.close();
  expect(readDocument(sent[0]?.text ?? '')['subsegments']).toMatchObject([{ name: 'seen' }]);
});

test('an error that passes through is told once, where it came from', () => {
  const error = new TypeError('no', { cause: new Error('why') });
  const segment = new Segment('shop');
  const outer = segment.addNewSubsegment('outer');
  const inner = outer.addNewSubsegment('inner');
  inner.close(error);
  outer.close(error);
  segment.close(error, true);
  const exceptions = inner.cause?.exceptions ?? [];
  expect(exceptions).toMatchObject([
    { type: 'TypeError', message: 'no', cause: exceptions[1]?.id },
    { message: 'why' },
  ]);
  expect([outer.cause, segment.cause]).toEqual([{ id: inner.id, exceptions: [] }, { id: inner.id }]);
  expect([inner.fault, outer.fault, segment.fault]).toEqual([true, true, true]);
  expect(readDocument(sent[0]?.text ?? '')).toMatchObject({ fault: true });
});

test.each([undefined, null, 1, true])('%s is no error', (error) => {
  using log = openLog();
  const subsegment = new Segment('shop').addNewSubsegment('call');
  subsegment.addError(error);
  expect([subsegment.fault, log.errors.length]).toEqual([undefined, 1]);
});

test('subsegments nest as deep as they like without harm', () => {
  using log = openLog();
  const segment = new Segment('shop');
  let at: Segment | Subsegment = segment;
  const chain: Subsegment[] = [];
  for (let level = 0; level < 2_000; level += 1) {
    at = at.addNewSubsegment('deep');
    chain.push(at);
  }
  SegmentUtils.setStreamingThreshold(10_000);
  for (const subsegment of chain.toReversed()) subsegment.close();
  segment.close();
  expect(names()).toEqual(['shop']);
  expect(log.errors[0]).toContain('nest deeper');
});

test('toJSON has what is sent', () => {
  const subsegment = new Segment('shop').addNewSubsegment('call');
  subsegment.addAttribute('custom', { a: 1 });
  expect(subsegment.toJSON()).toMatchObject({ name: 'call', in_progress: true, custom: { a: 1 } });
  expect(String(subsegment)).toBe(subsegment.serialize());
});
