/**
 * The first in the row: calls stock a few times, each time in a segment of its own. Argument: where stock listens.
 * Prints "KIND TRACE_ID OUTCOME" for each segment it has sent.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import AWSXRay from '@fluoroscope/sdk';
import grpc from '@grpc/grpc-js';
import { textService } from './texts.mjs';

const FOR_LAST_PACKETS_MS = 300;

const Stock = grpc.makeGenericClientConstructor(
  textService('stock.Stock', { Ask: {}, Watch: { responseStream: true } }),
  'Stock',
);
const stock = AWSXRay.captureGrpcClient(new Stock(process.argv[2], grpc.credentials.createInsecure()));

await inSegment('ask', () => ask('lamp'));
await inSegment('gone', () => ask('gone'));
await inSegment('watch', () => watch('lamp'));
await inSegment('broken', () => watch('broken'));
stock.close();
await sleep(FOR_LAST_PACKETS_MS);

/** A caller that has decided to sample: the trace is whole however the rules are. */
async function inSegment(kind, work) {
  const segment = new AWSXRay.Segment('web');
  const outcome = await AWSXRay.getNamespace().runPromise(async () => {
    AWSXRay.setSegment(segment);
    return work().catch((error) => error.details);
  });
  segment.close();
  process.stdout.write(`${kind} ${segment.trace_id} ${outcome}\n`);
}

function ask(item) {
  return new Promise((resolve, reject) => {
    stock.Ask(item, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

async function watch(item) {
  const answers = [];
  for await (const answer of stock.Watch(item)) answers.push(answer);
  return answers.join(', ');
}
