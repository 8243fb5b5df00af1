import { currentSegment, getNamespace, isAutomaticMode } from '../context/context.ts';

type Callback = ((value: unknown) => unknown) | null | undefined;

const patched = new WeakSet<object>();

/** Node's own promises carry the context by themselves: nothing is patched. */
export const capturePromise: {
  (): void;
  /** For promise libraries with queues of their own, such as Bluebird. */
  patchThirdPartyPromise(constructor: { readonly prototype: object }): void;
} = Object.assign((): void => {}, { patchThirdPartyPromise });

function patchThirdPartyPromise({ prototype }: { readonly prototype: object }): void {
  if (patched.has(prototype)) return;
  patched.add(prototype);
  for (const name of ['then', 'catch']) {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== 'function') continue;
    const binding = function bindCallbacks(this: unknown, ...callbacks: readonly Callback[]): unknown {
      return Reflect.apply(original, this, callbacks.map(bindToSegment));
    };
    Reflect.set(prototype, name, binding);
  }
}

function bindToSegment(callback: Callback): Callback {
  if (typeof callback !== 'function' || !isAutomaticMode() || currentSegment() === undefined) return callback;
  return getNamespace().bind(callback);
}
