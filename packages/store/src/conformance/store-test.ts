import { test } from 'vitest';
import type { TraceStore } from '../trace-store.ts';

/** An empty store, for one test. */
export interface StoreUnderTest {
  readonly store: TraceStore;
  /** Closes it and opens it again on the same data; left out by a store that keeps none. */
  readonly reopen?: () => Promise<TraceStore>;
  /** After the test; the store last opened is disposed before. */
  readonly remove?: () => Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** A test that gets a store of its own. */
export function storeTest(
  title: string,
  open: OpenStore,
  run: (store: TraceStore, under: StoreUnderTest) => Promise<void>,
): void {
  test(title, async () => {
    const under = await open();
    try {
      await run(under.store, under);
    } finally {
      await under.store[Symbol.asyncDispose]();
      await under.remove?.();
    }
  });
}
