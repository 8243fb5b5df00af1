import { expect, test } from 'vitest';
import { fanOut } from './fan-out.ts';
import { createBatch } from './processors/batch.ts';
import { countEvents, createSink, parcels } from './testing/parcels.ts';
import { PipelineError } from './pipeline-error.ts';

test('who took it is spared when the others are asked again', async () => {
  const [up, down] = [createSink(), createSink()];
  down.isFull = true;
  const refusal: unknown = await fanOut([up, fanOut([up, down])])
    .consume(parcels(3))
    .catch((error: unknown) => error);
  const { rest } = refusal instanceof PipelineError ? refusal : { rest: null };
  await expect(rest?.()).rejects.toMatchObject({ code: 'full' });
  down.isFull = false;
  await rest?.();
  expect([up.calls.length, down.calls.length]).toEqual([2, 1]);
});

test('what fails is told at once when nobody is full', async () => {
  const broken = { consume: () => Promise.reject(new Error('broken')) };
  await expect(fanOut([createSink(), broken]).consume(parcels(1))).rejects.toThrow('broken');
});

test('a batch comes once to each exporter, however long one of them is full', async () => {
  const [up, down] = [createSink(), createSink()];
  let asked = 0;
  const counting = {
    async consume(taken: Parameters<typeof down.consume>[0]) {
      asked += 1;
      await down.consume(taken);
    },
  };
  down.isFull = true;
  const events = countEvents();
  await using batch = createBatch(
    fanOut([up, counting]),
    { sendBatchSize: 10, sendBatchMaxSize: 0, timeoutMs: 1 },
    events,
  );
  await batch.consume(parcels(10));
  await expect.poll(() => asked).toBeGreaterThan(2);
  down.isFull = false;
  await expect.poll(() => down.documents().length).toBe(10);
  expect([up.documents().length, events.counts]).toEqual([10, {}]);
});
