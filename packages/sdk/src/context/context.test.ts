import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Segment } from '../document/segment.ts';
import { Subsegment } from '../document/subsegment.ts';
import { openLog } from '../testing/log.ts';
import {
  enableAutomaticMode,
  enableManualMode,
  getNamespace,
  getSegment,
  resolveManualSegmentParams,
  resolveSegment,
  runWithSegment,
  setContextMissingStrategy,
  setSegment,
} from './context.ts';

afterEach(() => {
  enableAutomaticMode();
  setContextMissingStrategy('LOG_ERROR');
});

const segment = new Segment('shop');
const ns = getNamespace();

/** Runs in a context of its own and tells which segment `look` finds. */
const inSegment = <T>(look: () => T): T =>
  ns.runAndReturn(() => {
    setSegment(segment);
    return look();
  });

test.each<[string, () => unknown]>([
  ['at once', getSegment],
  ['in a promise', () => Promise.resolve().then(getSegment)],
  ['after a timer', () => sleep(1).then(getSegment)],
  ['in an immediate', () => new Promise((done) => setImmediate(() => done(getSegment())))],
  ['in a microtask', () => new Promise((done) => queueMicrotask(() => done(getSegment())))],
  ['in an async function', async () => (await Promise.resolve(), getSegment())],
])('the segment is there %s', async (_, look) => {
  expect(await inSegment(look)).toBe(segment);
});

test('runs that interleave keep their own segments', async () => {
  const found = await Promise.all(
    [3, 1, 2].map((ms) =>
      ns.runPromise(async () => {
        const own = new Segment(`s${ms}`);
        setSegment(own);
        await sleep(ms);
        return getSegment() === own;
      }),
    ),
  );
  expect(found).toEqual([true, true, true]);
});

test('a run inside another inherits, and keeps its changes to itself', () => {
  const inner = new Segment('inner');
  inSegment(() => {
    ns.set('user', 'ann');
    ns.run(() => {
      expect([getSegment(), ns.get('user')]).toEqual([segment, 'ann']);
      setSegment(inner);
    });
    expect(getSegment()).toBe(segment);
  });
});

test('a function bound in one context runs in it', () => {
  const bound = inSegment(() => ns.bind((x: number) => [getSegment(), x]));
  expect(bound(1)).toEqual([segment, 1]);
});

test('entering and leaving', () => {
  using log = openLog();
  const context = ns.createContext();
  context['segment'] = segment;
  ns.enter(context);
  expect(getSegment()).toBe(segment);
  ns.exit(context);
  expect([getSegment(), log.errors.length]).toEqual([undefined, 1]);
});

test('a segment set outside of any run is there for what follows', async () => {
  await Promise.resolve().then(async () => {
    setSegment(segment);
    await sleep(1);
    expect(getSegment()).toBe(segment);
    ns.exit();
  });
});

const parents: [string, (emitter: EventEmitter) => EventEmitter][] = [
  ['an emitter', (emitter) => emitter],
  ['what an emitter inherits from', Object.getPrototypeOf],
  ['both', (emitter) => (ns.bindEmitter(emitter), Object.getPrototypeOf(emitter))],
];
const adding = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const;

test.each(parents.flatMap(([name, parent]) => adding.map((add) => [name, add, parent] as const)))(
  'listeners of %s, added with `%s`, run where they were added, and can be removed',
  (_, add, toBind) => {
    const emitter: EventEmitter = Object.create(Object.create(EventEmitter.prototype));
    const found: unknown[] = [];
    const look = (): void => void found.push(ns.get('segment'));
    const told: unknown[] = [];
    emitter.on('newListener', (_event, listener) => void told.push(listener));
    inSegment(() => {
      ns.bindEmitter(toBind(emitter));
      expect(emitter[add]('a', look)).toBe(emitter);
      emitter[add]('b', look);
    });
    expect([told, emitter.listeners('a')]).toEqual([[look, look], [look]]);
    emitter.emit('a');
    emitter.emit('a');
    emitter.off('a', look);
    emitter.removeListener('b', look);
    emitter.emit('a');
    emitter.emit('b');
    expect(found).toEqual(/once/i.test(add) ? [segment] : [segment, segment]);
    expect([emitter.listenerCount('a'), emitter.listenerCount('b')]).toEqual([0, 0]);
  },
);

test('a bound emitter takes listeners in the order and with the arguments that Node gives them', () => {
  const emitter = new EventEmitter();
  const calls: unknown[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void =>
      void calls.push([name, ...args]);
  ns.bindEmitter(emitter);
  emitter.on('a', note('outside'));
  inSegment(() =>
    emitter.on('a', note('last')).prependListener('a', note('second')).prependOnceListener('a', note('first')),
  );
  emitter.emit('a', 1, 2);
  emitter.emit('a', 3);
  expect(calls.map(String)).toEqual([
    'first,1,2',
    'second,1,2',
    'outside,1,2',
    'last,1,2',
    'second,3',
    'outside,3',
    'last,3',
  ]);
  expect(() => inSegment(() => emitter.once('a', undefined as never))).toThrow('listener');
});

test('what is missing is logged with a stack, thrown, ignored or handed on', () => {
  using log = openLog();
  expect([getSegment(), log.errors[0]]).toEqual([
    undefined,
    expect.stringContaining('Failed to get the current sub/segment'),
  ]);
  setContextMissingStrategy('ignore_error' as 'IGNORE_ERROR');
  expect([getSegment(), log.errors.length]).toEqual([undefined, 1]);
  setContextMissingStrategy('RUNTIME_ERROR');
  expect(getSegment).toThrow('Failed to get the current sub/segment');
  const messages: string[] = [];
  setContextMissingStrategy((message) => messages.push(message));
  getSegment();
  expect(messages.length).toBe(1);
});

test.each(['moo', 'constructor', 1, undefined])('%s is no strategy', (strategy) => {
  expect(() => setContextMissingStrategy(strategy as 'LOG_ERROR')).toThrow(/strategy/i);
});

test('in manual mode the context is not asked', () => {
  enableManualMode();
  const messages: string[] = [];
  setContextMissingStrategy((message) => messages.push(message));
  expect([resolveSegment(segment), resolveSegment(), getSegment()]).toEqual([segment, undefined, undefined]);
  setSegment(segment);
  expect(messages).toEqual([
    expect.stringContaining('must be provided for manual mode'),
    expect.stringContaining('Not supported in manual mode'),
    expect.stringContaining('Not supported in manual mode'),
  ]);
  expect(runWithSegment(segment, () => 1)).toBe(1);
});

test('in automatic mode a segment given is not looked at', () => {
  expect(inSegment(() => resolveSegment(new Segment('other')))).toBe(segment);
});

test.each([
  ['XRaySegment', segment],
  ['XraySegment', new Subsegment('call')],
  ['Segment', segment],
])('manual mode takes %s out of the parameters', (key, value) => {
  const params: Record<string, unknown> = { [key]: value, other: 1 };
  expect(resolveManualSegmentParams(params)).toBeUndefined();
  enableManualMode();
  expect([resolveManualSegmentParams(params), params]).toEqual([value, { other: 1 }]);
  expect(resolveManualSegmentParams({ [key]: 'text' })).toBeUndefined();
});
