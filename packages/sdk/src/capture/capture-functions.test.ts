import { expect, test, vi } from 'vitest';
import { enableAutomaticMode, enableManualMode, getSegment, runWithSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { openLog } from '../testing/log.ts';
import { captureAsyncFunc, captureCallbackFunc, captureFunc } from './capture-functions.ts';

vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

/** Runs in a new segment, and gives the segment back. */
function within(run: () => unknown): Segment {
  const segment = new Segment('shop');
  runWithSegment(segment, run);
  return segment;
}

test('a function runs in its subsegment, which ends with it', () => {
  const segment = within(() => {
    const result = captureFunc('outer', (outer) => {
      expect(getSegment()).toBe(outer);
      return captureFunc('inner', () => 42);
    });
    expect(result).toBe(42);
  });
  const [outer] = segment.subsegments ?? [];
  expect([outer?.isClosed(), outer?.subsegments?.[0]?.name]).toEqual([true, 'inner']);
});

test.each([captureFunc, captureAsyncFunc])('what a function throws is recorded and thrown on', (capture) => {
  const error = new Error('no');
  const segment = within(() =>
    expect(() =>
      capture('call', () => {
        throw error;
      }),
    ).toThrow(error),
  );
  expect(segment.subsegments?.[0]).toMatchObject({ fault: true, cause: { exceptions: [{ message: 'no' }] } });
  expect(segment.subsegments?.[0]?.isClosed()).toBe(true);
});

test('an async function closes its subsegment itself', async () => {
  let closed: boolean | undefined;
  let inside: Subsegment | undefined;
  const segment = new Segment('shop');
  await runWithSegment(segment, () =>
    captureAsyncFunc('call', async (subsegment) => {
      inside = subsegment;
      await Promise.resolve();
      closed = subsegment?.isClosed();
      expect(getSegment()).toBe(subsegment);
      subsegment?.close();
    }),
  );
  expect([closed, inside?.isClosed()]).toEqual([false, true]);
});

test('async calls side by side are siblings', async () => {
  const segment = new Segment('shop');
  const call = (name: string): Promise<void> | undefined =>
    captureAsyncFunc(name, async (subsegment) => {
      await Promise.resolve();
      captureFunc(`${name} in`, () => {});
      subsegment?.close();
    });
  await runWithSegment(segment, () => Promise.all([call('a'), call('b')]));
  const shape = segment.subsegments?.map(({ name, subsegments }) => [name, subsegments?.map((below) => below.name)]);
  expect(shape).toEqual([
    ['a', ['a in']],
    ['b', ['b in']],
  ]);
});

test('a segment stays open until its callback was called', () => {
  const got: unknown[] = [];
  let callback: ((a: number, b: number) => number) | undefined;
  const segment = within(() => {
    callback = captureCallbackFunc('callback', (a: number, b: number) => got.push(a, b));
  });
  segment.close();
  expect(segment.counter).toBe(1);
  expect(callback?.(1, 2)).toBe(2);
  expect([got, segment.counter, segment.subsegments?.[0]?.name]).toEqual([[1, 2], 0, 'callback']);
});

test('without a segment functions run all the same', () => {
  using log = openLog();
  expect([captureFunc('a', () => 1), captureAsyncFunc('b', () => 2), captureCallbackFunc('c', () => 3)()]).toEqual([
    1, 2, 3,
  ]);
  expect(log.warnings.length).toBe(3);
});

test('in manual mode the parent is given', () => {
  enableManualMode();
  try {
    const segment = new Segment('shop');
    captureFunc('outer', (outer) => captureFunc('inner', () => {}, outer), segment);
    expect(segment.subsegments?.[0]?.subsegments?.[0]?.name).toBe('inner');
    captureCallbackFunc('later', () => {}, segment)();
    expect(segment.subsegments?.[1]?.name).toBe('later');
  } finally {
    enableAutomaticMode();
  }
});

test.each([
  ['', () => {}],
  [1, () => {}],
  ['name', undefined],
])('captureFunc(%s, %s) is refused', (name, fn) => {
  using log = openLog();
  for (const capture of [captureFunc, captureAsyncFunc, captureCallbackFunc]) {
    expect(() => Reflect.apply(capture, undefined, [name, fn])).toThrow('Param');
  }
  expect(log.errors.length).toBe(3);
});
