// Orders: limits how many are taken in a second, charges the card, keeps the order in DynamoDB, empties the cart.
import '../service-kit/tracing.js';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { call } from '../service-kit/call.js';
import { handler, serve } from '../service-kit/serve.js';
import { inSubsegment } from '../service-kit/subsegment.js';
import { createTokenBucket } from '../token-bucket.js';

/** More orders than this in a second are answered 429. */
const ORDERS_PER_SECOND_MAX = 5;

class PaymentFailedError extends Error {
  name = 'PaymentFailedError';
  status = 502;
}

const dynamodb = AWSXRay.captureAWSv3Client(new DynamoDBClient({ endpoint: process.env.SHOP_DYNAMODB_URL }));
const TableName = 'orders';
const limit = createTokenBucket(ORDERS_PER_SECOND_MAX);

const app = express();
app.use(xrayExpress.openSegment('order'));
app.use(express.json());

app.post(
  '/orders',
  handler(async (request, response) => {
    const { user, card } = request.body;
    if (!limit.take()) {
      response.status(429).json({ error: 'too many orders, try again in a second' });
      return;
    }
    const { status, body: cart } = await call('cart', 'GET', `/carts/${user}`);
    if (status !== 200) throw new Error(`the cart answered ${status}`);
    if (cart.lines.length === 0) {
      response.status(409).json({ error: 'the cart is empty' });
      return;
    }
    const order = await inSubsegment('price order', async () => priceOrder(user, cart.lines));
    describe(order);
    await pay(order, card);
    await keep(order);
    await call('cart', 'DELETE', `/carts/${user}`);
    response.status(201).json(order);
  }),
);

app.get(
  '/orders/:id',
  handler(async (request, response) => {
    const { id } = request.params;
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
    if (Item === undefined) response.status(404).json({ error: `no order ${id}` });
    else response.json(JSON.parse(Item.order.S));
  }),
);

app.use(xrayExpress.closeSegment());
await serve(app);

function priceOrder(user, lines) {
  const totalCents = lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0);
  return { id: randomUUID(), user, lines, totalCents };
}

function describe(order) {
  const segment = AWSXRay.getSegment();
  segment.addAnnotation('order_id', order.id);
  segment.addAnnotation('total_cents', order.totalCents);
  segment.addMetadata('order', order, 'shop');
}

async function pay({ id, totalCents }, card) {
  const { status, body } = await call('payment', 'POST', '/charges', { order: id, amountCents: totalCents, card });
  if (status !== 201) throw new PaymentFailedError(`order ${id} was not paid: ${body.error}`);
}

async function keep(order) {
  const Item = { id: { S: order.id }, order: { S: JSON.stringify(order) } };
  await dynamodb.send(new PutItemCommand({ TableName, Item }));
}
