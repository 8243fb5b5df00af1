import { batchOf, documentOf, edgeFactOf, nodeFactOf, rowOf, serviceOf } from '@fluoroscope/store/conformance';
import { openDuckDbStore } from './open.ts';

// The child of crash.test.ts: writes batches until it is killed, and says which are written.

const [file = ''] = process.argv.slice(2);
const BATCH_TRACES = 200;
/** Every batch changes the rows of the one before. */
const TRACES_KEPT = 50;

const store = await openDuckDbStore({ file, memoryBytesMax: 256 * 2 ** 20, threads: 2 });
for (let sequence = (await store.readSequence()) + 1; ; sequence += 1) {
  const first = sequence * BATCH_TRACES;
  const traces = Array.from({ length: BATCH_TRACES + TRACES_KEPT }, (_item, at) => first + at - TRACES_KEPT);
  await store.write(
    batchOf(sequence, {
      documents: traces.map((trace) => documentOf(trace, sequence, 'x'.repeat(20_000))),
      traces: traces.map((trace) => rowOf(trace, { revision: sequence, services: [serviceOf(`s${sequence}`)] })),
      facts: traces.flatMap((trace) => [
        nodeFactOf(`s${sequence}`, { trace }),
        edgeFactOf('a', `s${sequence}`, { trace }),
      ]),
    }),
  );
  process.stdout.write(`${sequence}\n`);
}
