import { setTimeout as sleep } from 'node:timers/promises';
import { AWSXRay, called, requireClient, trace } from './traced.mjs';

const CONSUMER = { name: 'stock' };

export async function run({ rabbitmq: { host, port } }) {
  const url = `amqp://${host}:${port}`;
  const connection = await requireClient('amqplib').connect(url);
  const channel = await connection.createChannel();
  const confirming = await connection.createConfirmChannel();
  await channel.assertQueue('orders');
  await channel.assertExchange('news', 'fanout');
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'news', '');
  AWSXRay.captureAmqplib(channel, CONSUMER);
  const undo = AWSXRay.captureAmqplib(confirming, CONSUMER);

  const received = [];
  await channel.consume('orders', async (message) => {
    await sleep(5);
    await AWSXRay.captureAsyncFunc('work', async (subsegment) => subsegment.close());
    channel.ack(message);
    received.push(message.content.toString());
    if (message.content.toString() === 'bad') throw new TypeError('a bad order');
  });
  await channel.consume(queue, (message) => received.push(message.content.toString()), { noAck: true });
  process.once('unhandledRejection', () => {});

  await trace('amqpQueue', () => channel.sendToQueue('orders', Buffer.from('one'), { headers: { kept: 'yes' } }));
  await trace('amqpExchange', () =>
    called((done) => confirming.publish('news', 'ignored', Buffer.from('two'), undefined, done)),
  );
  await trace('amqpError', () => channel.sendToQueue('orders', Buffer.from('bad')));
  undo();
  await trace('amqpUndone', () => confirming.publish('news', '', Buffer.from('three')));
  while (received.length < 4) await sleep(10);
  await sleep(50);
  await connection.close();
}
