// `node examples/grpc/main.mjs`: a client and a server of @grpc/grpc-js. Prints "CALL TRACE_ID ANSWER" for each call.
import { promisify } from 'node:util';
import AWSXRay from '@fluoroscope/sdk';
import grpc from '@grpc/grpc-js';
import { STOCK } from './service.mjs';
import { startStock } from './stock.mjs';

const { address, stop } = await startStock();

// The client: this line is all.
const StockClient = grpc.makeGenericClientConstructor(STOCK, 'Stock');
const stock = AWSXRay.captureGrpcClient(new StockClient(address, grpc.credentials.createInsecure()));
const ask = promisify(stock.Ask.bind(stock));

await inSegment('ask', () => ask('lamp'));
await inSegment('gone', () => ask('sofa'));
await inSegment('watch', async () => {
  const answers = [];
  for await (const answer of stock.Watch('all')) answers.push(answer);
  return answers.join(', ');
});
stock.close();
stop();

/** A web framework's middleware would open the segment; here it is done by hand. */
async function inSegment(name, call) {
  const segment = new AWSXRay.Segment('shop');
  const answer = await AWSXRay.withSegment(segment, () => call().catch((error) => error.details));
  segment.close();
  process.stdout.write(`${name} ${segment.trace_id} ${answer}\n`);
}
