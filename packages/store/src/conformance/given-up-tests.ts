import { expect } from 'vitest';
import type { TraceStore } from '../trace-store.ts';
import { batchOf, documentOf, rowOf, traceIdOf, traceQueryOf } from './samples.ts';
import { storeTest, type OpenStore } from './store-test.ts';

const CANCELLED = { name: 'StoreError', code: 'cancelled' };

/** More than any store does at once, so that some of them wait. */
const READS_AT_ONCE = 24;

/** Turns of the event loop, from none to after the answer. */
const TURNS = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233];

/** Each call that takes a signal. */
const READS: readonly (readonly [string, (store: TraceStore, signal?: AbortSignal) => Promise<unknown>])[] = [
  ['documents', (store, signal) => store.readDocuments([1, 2, 3].map(traceIdOf), signal)],
  ['traces', (store, signal) => store.findTraces(traceQueryOf({ condition: { op: 'flag', flag: 'fault' } }), signal)],
  ['ids of traces', (store, signal) => store.findTraceIds(traceQueryOf(), signal)],
];

/** Reads that nobody waits for any more. */
export function describeGivenUp(open: OpenStore): void {
  for (const [what, read] of READS) {
    storeTest(`${what}: not begun when nobody waits any more`, open, async (store) => {
      await fill(store);
      const answer = await read(store);
      await expect(read(store, AbortSignal.abort())).rejects.toMatchObject(CANCELLED);
      expect(await read(store)).toEqual(answer);
    });

    storeTest(`${what}: given up among others, which have their answers`, open, async (store) => {
      await fill(store);
      const answer = await read(store);
      const stop = new AbortController();
      const reads = Array.from({ length: READS_AT_ONCE }, (_item, at) => {
        const isGivenUp = at % 2 === 0;
        const answered = read(store, isGivenUp ? stop.signal : new AbortController().signal);
        if (isGivenUp) return expect(answered).rejects.toMatchObject(CANCELLED);
        return expect(answered).resolves.toEqual(answer);
      });
      stop.abort();
      await Promise.all(reads);
      await store.write(batchOf(2, { documents: [documentOf(1, 9)] }));
      expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentOf(1, 1), documentOf(1, 9)]);
    });

    storeTest(`${what}: whenever it is given up, the next answer is whole`, open, async (store) => {
      await fill(store);
      const answer = await read(store);
      for (const turns of TURNS) {
        const stop = new AbortController();
        const answered = read(store, stop.signal).catch((error: unknown) => error);
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        stop.abort();
        // The answer may have been there.
        expect([answer, expect.objectContaining(CANCELLED)]).toContainEqual(await answered);
        expect(await read(store)).toEqual(answer);
      }
    });
  }
}

async function fill(store: TraceStore): Promise<void> {
  const documents = [documentOf(1, 1), documentOf(2, 2), documentOf(3, 3)];
  await store.write(
    batchOf(1, { documents, traces: [rowOf(1, { fault: true }), rowOf(2), rowOf(3, { fault: true })] }),
  );
}
