import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';

/** What one run has: `segment`, and whatever the application adds. */
export type Context = Record<string, unknown>;

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
    const active = this.#storage.getStore();
    return active === undefined ? {} : { ...active };
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
      return storage.getStore() === context ? fn.apply(this, args) : storage.run(context, () => fn.apply(this, args));
    };
  }

  enter(context: Context): void {
    this.#storage.enterWith(context);
  }

  exit(_context?: Context): void {
    this.#storage.enterWith(undefined);
  }

  /**
   * Listeners added from now on run in the context in which they are added, not in the emitter's. What is bound may also be what
   * emitters inherit from: then all of them are.
   */
  bindEmitter(emitter: EventEmitter): void {
    if (this.isBound(emitter)) return;
    const { on, prependListener, once, prependOnceListener } = this.#bound;
    // One by one, and the same functions for every emitter: V8 goes on taking a server's requests for objects of one kind.
    emitter.on = on;
    emitter.addListener = on;
    emitter.prependListener = prependListener;
    emitter.once = once;
    emitter.prependOnceListener = prependOnceListener;
  }

  isBound(emitter: EventEmitter): boolean {
    return emitter.on === this.#bound.on;
  }
}

type Listener = (...args: unknown[]) => void;
/** Node removes a listener by itself or by what it has as `listener`, as it does its own of `once`. */
type Wrapped = Listener & { listener?: Listener };
type Adding = 'on' | 'prependListener';
type BoundMethod = <E extends EventEmitter>(this: E, event: string | symbol, listener: Listener) => E;

function boundMethods(namespace: Namespace): Readonly<Record<Adding | 'once' | 'prependOnceListener', BoundMethod>> {
  const add = (emitter: EventEmitter, method: Adding, event: string | symbol, listener: Listener): void => {
    let added: Wrapped = listener;
    if (namespace.active !== undefined && typeof listener === 'function') {
      added = namespace.bind(listener);
      added.listener = listener;
    }
    unboundOf(emitter, method, bound[method]).call(emitter, event, added);
  };
  const addOnce = (emitter: EventEmitter, method: Adding, event: string | symbol, listener: Listener): void => {
    if (typeof listener !== 'function') {
      // Node refuses it.
      unboundOf(emitter, method, bound[method]).call(emitter, event, listener);
      return;
    }
    const inContext = namespace.active === undefined ? listener : namespace.bind(listener);
    const once: Wrapped = function once(this: unknown, ...args: unknown[]): void {
      emitter.removeListener(event, once);
      return inContext.apply(this, args);
    };
    once.listener = listener;
    unboundOf(emitter, method, bound[method]).call(emitter, event, once);
  };
  const bound: Readonly<Record<Adding | 'once' | 'prependOnceListener', BoundMethod>> = {
    on(event, listener) {
      add(this, 'on', event, listener);
      return this;
    },
    prependListener(event, listener) {
      add(this, 'prependListener', event, listener);
      return this;
    },
    once(event, listener) {
      addOnce(this, 'on', event, listener);
      return this;
    },
    prependOnceListener(event, listener) {
      addOnce(this, 'prependListener', event, listener);
      return this;
    },
  };
  return bound;
}

type AddListener = (this: EventEmitter, event: string | symbol, listener: Listener) => unknown;

/** What the emitter would have if ours, on itself or on what it inherits from, were not there. */
function unboundOf(emitter: EventEmitter, method: Adding, ours: BoundMethod): AddListener {
  let at: EventEmitter | null = emitter;
  while (at !== null && !(Object.hasOwn(at, method) && at[method] === ours)) at = prototypeOf(at);
  while (at !== null && at[method] === ours) at = prototypeOf(at);
  return (at ?? EventEmitter.prototype)[method];
}

function prototypeOf(emitter: EventEmitter): EventEmitter | null {
  return Object.getPrototypeOf(emitter);
}
