// `npm start --prefix examples/connect`: a client and a server of Connect, by the gRPC protocol. Prints "CALL TRACE_ID ANSWER" for each call.
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import AWSXRay from '@fluoroscope/sdk';
import { Stock } from './service.mjs';

const LEFT = new Map([
  ['lamp', 3],
  ['chair', 0],
]);

// The server: the interceptor is all.
const routes = (router) =>
  router.service(Stock, {
    ask({ value: item }) {
      const left = AWSXRay.captureFunc('count', (subsegment) => {
        subsegment?.addAnnotation('item', item);
        return LEFT.get(item);
      });
      if (left === undefined) throw new ConnectError(`no such item: ${item}`, Code.NotFound);
      return { value: `${left} × ${item}` };
    },
    async *watch() {
      for (const [item, left] of LEFT) yield { value: `${left} × ${item}` };
    },
  });
const handler = connectNodeAdapter({ routes, interceptors: [AWSXRay.connectServerInterceptor({ name: 'stock' })] });
const server = createServer(handler).listen(0, '127.0.0.1');
await once(server, 'listening');

// The client: the interceptor is all.
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const transport = createGrpcTransport({ baseUrl, interceptors: [AWSXRay.connectClientInterceptor()] });
const stock = createClient(Stock, transport);

await inSegment('ask', async () => (await stock.ask({ value: 'lamp' })).value);
await inSegment('gone', async () => (await stock.ask({ value: 'sofa' })).value);
await inSegment('watch', async () => {
  const answers = [];
  for await (const { value } of stock.watch({ value: 'all' })) answers.push(value);
  return answers.join(', ');
});
process.exit();

/** A web framework's middleware would open the segment; here it is done by hand. */
async function inSegment(name, call) {
  const segment = new AWSXRay.Segment('shop');
  const answer = await AWSXRay.withSegment(segment, () => call().catch((error) => error.rawMessage));
  segment.close();
  process.stdout.write(`${name} ${segment.trace_id} ${answer}\n`);
}
