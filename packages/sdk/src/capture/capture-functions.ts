import {
  currentSegment,
  isAutomaticMode,
  resolveSegment,
  runWithSegment,
  type SegmentLike,
} from '../context/context.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';

/** Runs `fn` in a subsegment that ends with it. Without a segment `fn` runs all the same. */
export function captureFunc<T>(name: string, fn: (subsegment?: Subsegment) => T, parent?: SegmentLike): T {
  validate(name, fn);
  const within = resolveSegment(parent);
  if (within === undefined) {
    getLogger().warn('Failed to capture function.');
    return fn();
  }
  const subsegment = within.addNewSubsegment(name);
  try {
    const result = runWithSegment(subsegment, () => fn(subsegment));
    subsegment.close();
    return result;
  } catch (error) {
    subsegment.close(error);
    throw error;
  }
}

/** As `captureFunc`, but `fn` closes the subsegment. What `fn` throws at once closes it, too. */
export function captureAsyncFunc<T>(name: string, fn: (subsegment?: Subsegment) => T, parent?: SegmentLike): T {
  validate(name, fn);
  const within = resolveSegment(parent);
  if (within === undefined) {
    getLogger().warn('Failed to capture async function.');
    return fn();
  }
  const subsegment = within.addNewSubsegment(name);
  try {
    return runWithSegment(subsegment, () => fn(subsegment));
  } catch (error) {
    subsegment.close(error);
    throw error;
  }
}

/** A function to be called once, later: its segment stays open until then. */
export function captureCallbackFunc<S extends unknown[], T>(
  name: string,
  fn: (...args: S) => T,
  parent?: SegmentLike,
): (...args: S) => T {
  validate(name, fn);
  const base = resolveSegment(parent);
  if (base === undefined) {
    getLogger().warn('Failed to capture callback function.');
    return fn;
  }
  base.incrementCounter();
  let held = true;
  return function captured(this: unknown, ...args: S): T {
    try {
      const within = isAutomaticMode() ? (currentSegment() ?? base) : base;
      return runWithSegment(within, () => captureFunc(name, () => fn.apply(this, args), within));
    } finally {
      if (held) base.decrementCounter();
      held = false;
    }
  };
}

function validate(name: unknown, fn: unknown): void {
  const problem = !name || typeof name !== 'string' ? 'Param "name" must be a non-empty string.' : NOT_A_FUNCTION;
  if (problem === NOT_A_FUNCTION && typeof fn === 'function') return;
  getLogger().error(problem);
  throw new TypeError(problem);
}

const NOT_A_FUNCTION = 'Param "fcn" must be a function.';
