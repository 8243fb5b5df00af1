import { isRecord } from '../objects.ts';

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** What was captured, and how it is undone. */
const undoOf = new WeakMap<object, () => void>();

/** The functions of others that one capture has replaced; together they can be put back. */
export class Patches {
  readonly #restore: (() => void)[] = [];
  #undone = false;

  /** Replacements that somebody has wrapped cannot be taken out again: they ask here and pass calls on. */
  get undone(): boolean {
    return this.#undone;
  }

  /** Nothing happens when there is no such function. The replacement is the object's own, also when the original was inherited. */
  replace(target: object, name: string, make: (original: AnyFunction) => AnyFunction): void {
    const original: unknown = Reflect.get(target, name);
    const wasOwn = Object.hasOwn(target, name);
    const replacement = this.follow(target, name, make);
    if (replacement === undefined) return;
    this.#restore.push(() => {
      if (Reflect.get(target, name) !== replacement) return;
      if (wasOwn) Reflect.set(target, name, original);
      else Reflect.deleteProperty(target, name);
    });
  }

  /** As `replace`, for what the captured object makes: it is not kept to be put back, and passes calls on once all is undone. */
  follow(target: object, name: string, make: (original: AnyFunction) => AnyFunction): AnyFunction | undefined {
    const found: unknown = Reflect.get(target, name);
    if (!isFunction(found)) return undefined;
    const original: AnyFunction = found;
    const enumerable = Object.hasOwn(target, name);
    const made = make(original);
    const isUndone = (): boolean => this.#undone;
    function replacement(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(isUndone() ? original : made, this, args);
    }
    Object.defineProperty(target, name, { value: replacement, configurable: true, enumerable, writable: true });
    return replacement;
  }

  /** For what is not a replaced function. */
  onUndo(restore: () => void): void {
    this.#restore.push(restore);
  }

  readonly undo = (): void => {
    this.#undone = true;
    for (const restore of this.#restore.splice(0).toReversed()) restore();
  };
}

/** Captures `target` unless that was done before. @returns how to undo it */
export function captureOnce(target: object, capture: (patches: Patches) => void): () => void {
  const known = undoOf.get(target);
  if (known !== undefined) return known;
  const patches = new Patches();
  capture(patches);
  return registerUndo(target, patches.undo);
}

export function registerUndo(target: object, undo: () => void): () => void {
  const once = (): void => {
    if (undoOf.get(target) === once) undoOf.delete(target);
    undo();
  };
  undoOf.set(target, once);
  return once;
}

/**
 * Undoes what a `capture…` function did to a module, a client or a channel: for those that return what they were given.
 * @returns whether it was captured
 */
export function uncapture(target: object): boolean {
  const undo = undoOf.get(target);
  undo?.();
  return undo !== undefined;
}

export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (isRecord(value) || typeof value === 'function') && isFunction(Reflect.get(value, 'then'));
}

/** A module as `import * as x` gives it cannot be changed; what stands behind it can. */
export function changeable(module: object): object {
  if (Object.isExtensible(module)) return module;
  const behind: unknown = Reflect.get(module, 'default');
  return isRecord(behind) || typeof behind === 'function' ? behind : module;
}
