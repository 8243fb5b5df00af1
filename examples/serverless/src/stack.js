import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApiGateway } from './gateway/api-gateway.js';
import { startFunctionUrl } from './gateway/function-url.js';
import { startGeo } from './outside/geo.js';
import { readQueue } from './runtime/event-source.js';
import { createFunctionPool } from './runtime/function-pool.js';
import { invokeAsync } from './runtime/invoke-async.js';
import { toTopicEvent } from './runtime/topic-event.js';
import { openDurableMap } from './services/durable-map.js';
import { startEndpoint } from './services/endpoint.js';
import { createQueue } from './services/queue.js';
import { createSns } from './services/sns-protocol.js';
import { createSqs } from './services/sqs-protocol.js';
import { startDynamoDb } from './services/table.js';
import { createTopics } from './services/topics.js';
import * as template from './template.js';
import { readTrace } from './tracing/trace.js';

/**
 * Starts all that the template names.
 * @param {{ dataDir: string, apiPort: number, certificateErrors: number, random: () => number }} options
 */
export async function startStack({ dataDir, apiPort, certificateErrors, random }) {
  mkdirSync(dataDir, { recursive: true });
  const stopping = new AbortController();
  const { signal } = stopping;
  const stores = ['receipts', 'receipts-dead', 'deliveries'].map((name) =>
    openDurableMap(join(dataDir, `${name}.jsonl`)),
  );
  const [queueStore, deadStore, deliveryStore] = stores;

  const { visibilityMs, maxReceiveCount } = template.REDRIVE;
  const deadLetters = createQueue({ store: deadStore, visibilityMs });
  const queue = createQueue({ store: queueStore, visibilityMs, maxReceiveCount, deadLetters });
  const topics = createTopics({ store: deliveryStore, subscriptions: template.SUBSCRIPTIONS, deliver });

  const [dynamodb, geo] = await Promise.all([
    startDynamoDb({ path: join(dataDir, 'table'), region: template.REGION, table: template.TABLE }),
    startGeo({ errorShare: certificateErrors, random }),
  ]);
  const sqs = createSqs({
    [template.queueUrl(template.QUEUE)]: queue,
    [template.queueUrl(template.DEAD_LETTER_QUEUE)]: deadLetters,
  });
  const endpoint = await startEndpoint({ sqs, sns: createSns(topics) });
  const functions = createFunctionPool(template.FUNCTIONS, environmentOf({ dataDir, dynamodb, endpoint, geo }));
  const gateway = await startApiGateway({ port: apiPort, snsUrl: endpoint.url });
  const functionUrl = await startFunctionUrl({ functions, functionName: template.FUNCTION_URL });
  const queueArn = template.queueArn(template.QUEUE);
  const reading = readQueue({ queue, queueArn, functions, ...template.EVENT_SOURCE, signal });
  topics.start();

  function deliver(delivery) {
    const trace = readTrace(delivery.traceHeader);
    const event = toTopicEvent(delivery);
    const { functionName: name, sentMs: acceptedMs } = delivery;
    return invokeAsync({ functions, name, event, trace, acceptedMs, signal });
  }

  return {
    listening: {
      api: gateway.url,
      'function url': functionUrl.url,
      dynamodb: dynamodb.url,
      'sqs and sns': endpoint.url,
    },
    async stop() {
      stopping.abort();
      gateway.close();
      functionUrl.close();
      await Promise.all([topics.stop(), reading]);
      await functions.stop();
      for (const part of [endpoint, geo, dynamodb, ...stores]) part.close();
    },
  };
}

/** What functions find in their environment, by function. */
function environmentOf({ dataDir, dynamodb, endpoint, geo }) {
  const authorityFile = join(dataDir, 'authority.pem');
  writeFileSync(authorityFile, geo.authority);
  const every = {
    AWS_REGION: template.REGION,
    AWS_XRAY_DAEMON_ADDRESS: process.env.AWS_XRAY_DAEMON_ADDRESS ?? '127.0.0.1:2000',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SNS: endpoint.url,
    AWS_ENDPOINT_URL_SQS: endpoint.url,
  };
  return {
    'count-visit': {
      ...every,
      NODE_EXTRA_CA_CERTS: authorityFile,
      TABLE_NAME: template.TABLE,
      QUEUE_URL: template.queueUrl(template.QUEUE),
      MILESTONES_ARN: template.MILESTONES,
      GEO_URL: geo.url,
    },
    'write-receipt': every,
    congratulate: every,
    'list-hits': { ...every, TABLE_NAME: template.TABLE },
  };
}
