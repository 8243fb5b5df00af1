import { setTimeout as sleep } from 'node:timers/promises';
import { AWSXRay, requireClient, trace } from './traced.mjs';

export async function run({ kafka: { address } }) {
  await kafkajs(address);
  await platformatic(address);
}

async function kafkajs(address) {
  const { Kafka, logLevel } = requireClient('kafkajs');
  const kafka = new Kafka({ clientId: 'shop', brokers: [address], logLevel: logLevel.NOTHING });
  AWSXRay.captureKafkaJS(kafka, { name: 'stock' });
  const producer = kafka.producer();
  const each = kafka.consumer({ groupId: 'each' });
  const batches = kafka.consumer({ groupId: 'batches' });
  await Promise.all([producer, each, batches].map((client) => client.connect()));
  await each.subscribe({ topic: 'orders', fromBeginning: true });
  await batches.subscribe({ topic: 'bulk', fromBeginning: true });

  await trace('kafkaSend', () =>
    producer.send({ topic: 'orders', messages: [{ value: 'one', headers: { kept: 'yes' } }] }),
  );
  for (const kind of ['kafkaBulkOne', 'kafkaBulkTwo']) {
    await trace(kind, () =>
      producer.sendBatch({ topicMessages: [{ topic: 'bulk', messages: [{ value: 'a' }, { value: 'b' }] }] }),
    );
  }
  const received = [];
  await each.run({
    eachMessage: async ({ message }) => {
      received.push(message.headers.kept.toString());
      AWSXRay.captureFunc('work', () => {});
    },
  });
  await batches.run({
    eachBatch: async ({ batch }) => {
      received.push(...batch.messages.map(({ value }) => value.toString()));
      // A batch begins a trace of its own.
      process.stdout.write(`kafkaBatch ${AWSXRay.getSegment().trace_id}\n`);
    },
  });
  while (received.length < 5) await sleep(20);
  await Promise.all([producer, each, batches].map((client) => client.disconnect()));
}

async function platformatic(address) {
  const { Consumer, Producer, stringDeserializers, stringSerializers } = requireClient('@platformatic/kafka');
  const producer = new Producer({ clientId: 'shop', bootstrapBrokers: [address], serializers: stringSerializers });
  AWSXRay.captureKafkaProducer(producer, { stringHeaders: true });
  await trace('kafkaOther', () => producer.send({ messages: [{ topic: 'parcels', value: 'one' }] }));
  const consumer = new Consumer({
    groupId: 'other',
    clientId: 'stock',
    bootstrapBrokers: [address],
    deserializers: stringDeserializers,
  });
  const stream = await consumer.consume({ topics: ['parcels'], mode: 'earliest' });
  for await (const message of stream) {
    await AWSXRay.captureMessage(
      message,
      { name: 'stock', system: 'kafka', destination: message.topic },
      async () => {},
    );
    break;
  }
  for (const client of [consumer, producer]) await new Promise((resolve) => client.close(true, resolve));
}
