import { batchOf, documentOf, edgeFactOf, nodeFactOf, ORIGIN, rowOf, serviceOf } from '@fluoroscope/store/conformance';
import { openDuckDbStore } from './open.ts';

// The child of crash.test.ts: writes batches until it is killed, and says after each how far all is and how far it is safe.

const [dir = ''] = process.argv.slice(2);
const BATCH_TRACES = 200;
/** Every batch changes the rows of the one before. */
const TRACES_KEPT = 50;
/** Two or three batches: at any moment a slice is written, or two are merged. */
const HEAD_BYTES_MAX = 1_000_000;

const store = await openDuckDbStore({
  dir,
  memoryBytesMax: 256 * 2 ** 20,
  threads: 2,
  headBytesMax: HEAD_BYTES_MAX,
  mergeSlicesMin: 2,
});
const { sequence: stored } = await store.readProgress(ORIGIN);
for (let sequence = stored + 1; ; sequence += 1) {
  const first = sequence * BATCH_TRACES;
  const traces = Array.from({ length: BATCH_TRACES + TRACES_KEPT }, (_item, at) => first + at - TRACES_KEPT);
  await store.write(
    batchOf(sequence, {
      documents: traces.map((trace) => documentOf(trace, sequence)),
      traces: traces.map((trace) => rowOf(trace, { revision: sequence, services: [serviceOf(`s${sequence}`)] })),
      facts: traces.flatMap((trace) => [
        nodeFactOf(`s${sequence}`, { trace }),
        edgeFactOf('a', `s${sequence}`, { trace }),
      ]),
    }),
  );
  const { durableSequence } = await store.readProgress(ORIGIN);
  process.stdout.write(`${sequence} ${durableSequence}\n`);
}
