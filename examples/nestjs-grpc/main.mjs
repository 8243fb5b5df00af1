// `npm start --prefix examples/nestjs-grpc`: a client and a server of NestJS's microservices. Prints "CALL TRACE_ID ANSWER" for each call.
import { once } from 'node:events';
import { createServer } from 'node:net';
import AWSXRay from '@fluoroscope/sdk';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { lastValueFrom, toArray } from 'rxjs';
import { PROTO, startStock } from './stock.mjs';

const url = `127.0.0.1:${await freePort()}`;
const app = await startStock(url);

// The client, as `ClientsModule` would inject it: one line for each service.
const client = ClientProxyFactory.create({ transport: Transport.GRPC, options: { ...PROTO, url } });
const stock = client.getService('Stock');
AWSXRay.captureGrpcClient(client.getClientByServiceName('Stock'));

await inSegment('ask', async () => (await lastValueFrom(stock.ask({ name: 'lamp' }))).text);
await inSegment('gone', async () => (await lastValueFrom(stock.ask({ name: 'sofa' }))).text);
await inSegment('watch', async () => {
  const answers = await lastValueFrom(stock.watch({ name: 'all' }).pipe(toArray()));
  return answers.map(({ text }) => text).join(', ');
});
client.close();
await app.close();

/** A web framework's middleware would open the segment; here it is done by hand. */
async function inSegment(name, call) {
  const segment = new AWSXRay.Segment('shop');
  const answer = await AWSXRay.withSegment(segment, () => call().catch((error) => error.details));
  segment.close();
  process.stdout.write(`${name} ${segment.trace_id} ${answer}\n`);
}

/** NestJS does not tell which port it was given. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
