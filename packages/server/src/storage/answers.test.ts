import { createMemoryStore, StoreError } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { createAnswers } from './answers.ts';
import type { FromWorker } from './messages.ts';

const ASKED = { kind: 'call', method: 'readDocuments', args: [[]] } as const;

/** A store whose `readDocuments` waits until it is let go, or given up. */
function openAnswers() {
  const said: FromWorker[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const store = alterStore(createMemoryStore(), {
    readDocuments: (_ids, signal) =>
      new Promise((resolve, reject) => {
        signals.push(signal);
        ends.push((error) => (error === undefined ? resolve([]) : reject(error)));
      }),
  });
  const answers = createAnswers(store, (answer) => said.push(answer));
  return { answers, said, ends, signals };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('each call is answered under its number, whatever comes first', async () => {
  const { answers, said, ends } = openAnswers();
  answers.take({ ...ASKED, id: 1 });
  answers.take({ ...ASKED, id: 2 });
  ends[1]?.();
  await nextTurn();
  ends[0]?.(new StoreError('failed', 'no'));
  await nextTurn();
  expect(said).toMatchObject([
    { kind: 'answer', id: 2, value: [] },
    { kind: 'error', id: 1, code: 'failed' },
  ]);
});

test.each([
  ['its answer', undefined],
  ['its error', new StoreError('cancelled', 'given up')],
])('a call that is cancelled is told so to the store, and %s to nobody', async (_name, outcome) => {
  const { answers, said, ends, signals } = openAnswers();
  answers.take({ ...ASKED, id: 1 });
  answers.take({ ...ASKED, id: 2 });
  answers.take({ kind: 'cancel', id: 1 });
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  for (const end of ends) end(outcome);
  await nextTurn();
  expect(said.map((answer) => 'id' in answer && answer.id)).toEqual([2]);
});

test('a cancel that comes after the answer means nothing', async () => {
  const { answers, said, ends } = openAnswers();
  answers.take({ ...ASKED, id: 1 });
  ends[0]?.();
  await nextTurn();
  answers.take({ kind: 'cancel', id: 1 });
  answers.take({ kind: 'cancel', id: 7 });
  expect(said.length).toBe(1);
});
