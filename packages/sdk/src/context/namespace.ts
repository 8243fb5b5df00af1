import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';

/** What one run has: `segment`, and whatever the application adds. */
export type Context = Record<string, unknown>;

type Listener = (...args: unknown[]) => void;

/** The functions of a continuation-local namespace, on AsyncLocalStorage. A run inside another inherits its values. */
export class Namespace {
  readonly name: string;
  readonly #storage = new AsyncLocalStorage<Context | undefined>();

  constructor(name: string) {
    this.name = name;
  }

  get active(): Context | undefined {
    return this.#storage.getStore();
  }

  get(key: string): unknown {
    return this.#storage.getStore()?.[key];
  }

  /** Outside of any run it begins one that lasts as long as what runs now and all that it starts. */
  set<T>(key: string, value: T): T {
    let context = this.#storage.getStore();
    if (context === undefined) {
      context = this.createContext();
      this.#storage.enterWith(context);
    }
    context[key] = value;
    return value;
  }

  createContext(): Context {
    return { ...this.#storage.getStore() };
  }

  run(fn: (context: Context) => void): Context {
    const context = this.createContext();
    this.#storage.run(context, fn, context);
    return context;
  }

  runAndReturn<T>(fn: (context: Context) => T): T {
    const context = this.createContext();
    return this.#storage.run(context, fn, context);
  }

  runPromise<T>(fn: (context: Context) => Promise<T>): Promise<T> {
    return this.runAndReturn(fn);
  }

  /** Runs in a context that has one value more. Without the copying of a mutable run. */
  runWith<T>(key: string, value: unknown, fn: () => T): T {
    const context = this.createContext();
    context[key] = value;
    return this.#storage.run(context, fn);
  }

  bind<A extends unknown[], T>(
    fn: (...args: A) => T,
    context: Context = this.active ?? this.createContext(),
  ): (...args: A) => T {
    const storage = this.#storage;
    return function bound(this: unknown, ...args: A): T {
      return storage.run(context, () => fn.apply(this, args));
    };
  }

  enter(context: Context): void {
    this.#storage.enterWith(context);
  }

  exit(_context?: Context): void {
    this.#storage.enterWith(undefined);
  }

  /** Listeners added from now on run in the context in which they are added, not in the emitter's. */
  bindEmitter(emitter: EventEmitter): void {
    const boundByEvent = new Map<string | symbol, WeakMap<object, Listener>>();
    const [on, prependListener, removeListener] = [
      emitter.on.bind(emitter),
      emitter.prependListener.bind(emitter),
      emitter.removeListener.bind(emitter),
    ];
    const wrap = (event: string | symbol, listener: Listener): Listener => {
      if (this.active === undefined) return listener;
      const bound = boundByEvent.get(event) ?? new WeakMap<object, Listener>();
      boundByEvent.set(event, bound);
      const wrapped = Object.assign(this.bind(listener), { listener });
      bound.set(listener, wrapped);
      // What `once` makes has the listener that the application knows.
      const original: unknown = Reflect.get(listener, 'listener');
      if (typeof original === 'function') bound.set(original, wrapped);
      return wrapped;
    };
    const remove = (event: string | symbol, listener: Listener): EventEmitter =>
      removeListener(event, boundByEvent.get(event)?.get(listener) ?? listener);
    const add = (event: string | symbol, listener: Listener): EventEmitter => on(event, wrap(event, listener));
    emitter.on = (event, listener) => add(event, listener) && emitter;
    emitter.addListener = (event, listener) => add(event, listener) && emitter;
    emitter.prependListener = (event, listener) => prependListener(event, wrap(event, listener));
    emitter.removeListener = (event, listener) => remove(event, listener) && emitter;
    emitter.off = (event, listener) => remove(event, listener) && emitter;
  }
}
