import { expect, test } from 'vitest';
import { beginOutline, type Outline, type OutlineAhead } from './outline-ahead.ts';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';

interface Begun extends OutlineAhead {
  readonly asked: { readonly traceId: string; readonly signal: AbortSignal }[];
  readonly workers: { ended: boolean }[];
}

function begin(open: () => Promise<Outline> = async () => new ReadableStream()): Begun {
  const asked: { traceId: string; signal: AbortSignal }[] = [];
  const workers: { ended: boolean }[] = [];
  const ahead = beginOutline(
    TRACE,
    (traceId, signal) => {
      asked.push({ traceId, signal });
      return open();
    },
    () => {
      const worker = { ended: false };
      workers.push(worker);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a worker only its end is looked at
      return { terminate: () => (worker.ended = true) } as unknown as Worker;
    },
  );
  return { ...ahead, asked, workers };
}

const neverStopped = (): AbortSignal => new AbortController().signal;

test('the trace is asked for at once, and once', async () => {
  const stream: Outline = new ReadableStream();
  const ahead = begin(async () => stream);
  expect(ahead.asked.map(({ traceId }) => traceId)).toEqual([TRACE]);
  expect(await ahead.takeOutline(TRACE, neverStopped())).toBe(stream);
  expect(ahead.takeOutline(TRACE, neverStopped())).toBeNull();
  expect(ahead.asked).toHaveLength(1);
});

test('another trace is not what was asked for, and takes nothing', () => {
  const ahead = begin();
  expect(ahead.takeOutline('1-5759e988-000000000000000000000000', neverStopped())).toBeNull();
  expect(ahead.takeOutline(TRACE, neverStopped())).not.toBeNull();
});

test('who took it can stop it', () => {
  const ahead = begin();
  const stop = new AbortController();
  void ahead.takeOutline(TRACE, stop.signal);
  expect(ahead.asked[0]?.signal.aborted).toBe(false);
  stop.abort();
  expect(ahead.asked[0]?.signal.aborted).toBe(true);
});

test('a refusal reaches whoever takes it', async () => {
  const ahead = begin(() => Promise.reject(new Error('not stored')));
  await Promise.resolve();
  await expect(ahead.takeOutline(TRACE, neverStopped())).rejects.toThrow('not stored');
});

test('the worker is handed out once', () => {
  const ahead = begin();
  expect(ahead.takeWorker()).not.toBeNull();
  expect(ahead.takeWorker()).toBeNull();
  expect(ahead.workers).toHaveLength(1);
});

test('what nobody took is let go of, what was taken goes on', () => {
  const unused = begin();
  unused.drop();
  expect([unused.asked[0]?.signal.aborted, unused.workers[0]?.ended]).toEqual([true, true]);
  expect(unused.takeOutline(TRACE, neverStopped())).toBeNull();

  const used = begin();
  void used.takeOutline(TRACE, neverStopped());
  used.takeWorker();
  used.drop();
  expect([used.asked[0]?.signal.aborted, used.workers[0]?.ended]).toEqual([false, false]);
});
