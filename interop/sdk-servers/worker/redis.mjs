import { AWSXRay, failing, requireClient, trace } from './traced.mjs';

export async function run({ redis: { host, port } }) {
  await ioredis(host, port);
  await nodeRedis(host, port);
}

async function ioredis(host, port) {
  const Redis = requireClient('ioredis');
  const client = new Redis({ host, port });
  const undo = AWSXRay.captureRedis(client);
  await trace('ioredis', async () => {
    // Sent before there is a connection, and again when there is one.
    await client.set('secret', 'nobody reads this');
    await client.get('secret');
    await failing(() => client.incr('secret'));
    await client.pipeline().get('secret').get('other').exec();
    await client.multi().set('a', 1).incr('a').exec();
    AWSXRay.captureFunc('after', () => {});
  });
  undo();
  await trace('ioredisUndone', () => client.get('secret'));
  client.disconnect();
}

async function nodeRedis(host, port) {
  const client = requireClient('redis').createClient({ socket: { host, port } });
  await client.connect();
  const undo = AWSXRay.captureRedis(client);
  await trace('redis', async () => {
    await client.set('secret', 'nobody reads this');
    await client.get('secret');
    await failing(() => client.incr('secret'));
    await client.multi().get('secret').get('other').execAsPipeline();
    await client.multi().set('a', 1).incr('a').exec();
    AWSXRay.captureFunc('after', () => {});
  });
  undo();
  await trace('redisUndone', () => client.get('secret'));
  client.destroy();
}
