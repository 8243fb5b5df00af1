import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';

/** What one run has: `segment`, and whatever the application adds. */
export type Context = Record<string, unknown>;

type Listener = (...args: unknown[]) => void;

/** The functions of a continuation-local namespace, on AsyncLocalStorage. A run inside another inherits its values. */
export class Namespace {
  readonly name: string;
  readonly #storage = new AsyncLocalStorage<Context | undefined>();
  readonly #bound: ReturnType<typeof boundMethods> = boundMethods(this);

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

  /** Runs in a context that was there before, or in none. */
  runIn<T>(context: Context | undefined, fn: () => T): T {
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
    if (Object.hasOwn(emitter, 'on')) return;
    const { on, prependListener, removeListener } = this.#bound;
    // One by one, and the same functions for every emitter: V8 goes on taking a server's requests for objects of one kind.
    emitter.on = on;
    emitter.addListener = on;
    emitter.prependListener = prependListener;
    emitter.removeListener = removeListener;
    emitter.off = removeListener;
  }
}

type Method = 'on' | 'prependListener' | 'removeListener';
type BoundMethod = <E extends EventEmitter>(this: E, event: string | symbol, listener: Listener) => E;

function boundMethods(namespace: Namespace): Readonly<Record<Method, BoundMethod>> {
  /** Of each emitter: what was added for a listener, so that it can be removed. */
  const listeners = new WeakMap<EventEmitter, Map<string | symbol, WeakMap<object, Listener>>>();
  const wrap = (emitter: EventEmitter, event: string | symbol, listener: Listener): Listener => {
    if (namespace.active === undefined || typeof listener !== 'function') return listener;
    const byEvent = listeners.get(emitter) ?? new Map<string | symbol, WeakMap<object, Listener>>();
    listeners.set(emitter, byEvent);
    const bound = byEvent.get(event) ?? new WeakMap<object, Listener>();
    byEvent.set(event, bound);
    const wrapped = Object.assign(namespace.bind(listener), { listener });
    bound.set(listener, wrapped);
    // What `once` makes has the listener that the application knows.
    const original: unknown = Reflect.get(listener, 'listener');
    if (typeof original === 'function') bound.set(original, wrapped);
    return wrapped;
  };
  return {
    on(event, listener) {
      return callUnbound(this, 'on', event, wrap(this, event, listener));
    },
    prependListener(event, listener) {
      return callUnbound(this, 'prependListener', event, wrap(this, event, listener));
    },
    removeListener(event, listener) {
      return callUnbound(this, 'removeListener', event, listeners.get(this)?.get(event)?.get(listener) ?? listener);
    },
  };
}

/** As the emitter's class has it. */
function callUnbound<E extends EventEmitter>(
  emitter: E,
  method: Method,
  event: string | symbol,
  listener: Listener,
): E {
  const unbound: unknown = Reflect.get(Object.getPrototypeOf(emitter), method, emitter);
  if (typeof unbound === 'function') Reflect.apply(unbound, emitter, [event, listener]);
  return emitter;
}
