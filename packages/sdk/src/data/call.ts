import { currentOrGiven, getNamespace, isAutomaticMode, type SegmentLike } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { Subsegment } from '../document/subsegment.ts';
import type { AnyFunction } from './patches.ts';

/** A call to another service. None without a parent, and none that is not sampled: nobody would read it. */
export function openCall(name: string, parent: SegmentLike | undefined): Subsegment | undefined {
  if (parent === undefined || parent.notTraced === true) return undefined;
  const subsegment = parent.addNewSubsegment(name);
  subsegment.namespace = 'remote';
  return subsegment;
}

/** For clients with commands of their own, such as heartbeats: without a segment nobody is told. */
export function quietParent(): SegmentLike | undefined {
  return currentOrGiven();
}

export function isSegmentLike(value: unknown): value is SegmentLike {
  return value instanceof Segment || value instanceof Subsegment;
}

/** A callback of a pool or a connection runs wherever the socket was made: bound to whoever passed it. */
export function bindToCaller(callback: AnyFunction): AnyFunction {
  return isAutomaticMode() && getNamespace().active !== undefined ? getNamespace().bind(callback) : callback;
}

/**
 * Closes with a promise. @returns the promise to hand on: a rejection that the application does not handle stays unhandled
 */
export function closeWith(
  subsegment: Pick<Subsegment, 'close'>,
  result: PromiseLike<unknown>,
  remote: boolean,
): unknown {
  const close = (value: unknown): unknown => {
    subsegment.close();
    return value;
  };
  const followed = result.then(close, (error: unknown) => {
    subsegment.close(error, remote);
    throw error;
  });
  if (result instanceof Promise) return followed;
  // Promises of other kinds may be more than promises: the application gets its own.
  followed.then(undefined, () => {});
  return result;
}

/** What others hand over, where a text is expected. */
export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
