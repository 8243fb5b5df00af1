// Shopping carts: one DynamoDB item for each user and product.
import '../service-kit/tracing.js';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { call } from '../service-kit/call.js';
import { handler, serve } from '../service-kit/serve.js';

const dynamodb = AWSXRay.captureAWSv3Client(new DynamoDBClient({ endpoint: process.env.SHOP_DYNAMODB_URL }));
const TableName = 'carts';

const app = express();
app.use(xrayExpress.openSegment('cart'));
app.use(express.json());

app.get(
  '/carts/:user',
  handler(async (request, response) => {
    response.json({ lines: await readLines(request.params.user) });
  }),
);

app.post(
  '/carts/:user/lines',
  handler(async (request, response) => {
    const { user } = request.params;
    const { product: id, quantity } = request.body;
    const { status, body: product } = await call('catalog', 'GET', `/products/${id}`);
    if (status !== 200) {
      response.status(status).json(product);
      return;
    }
    const Item = {
      user: { S: user },
      product: { S: id },
      quantity: { N: String(quantity) },
      priceCents: { N: String(product.priceCents) },
    };
    await dynamodb.send(new PutItemCommand({ TableName, Item }));
    response.status(201).json({ product: id, quantity });
  }),
);

app.delete(
  '/carts/:user',
  handler(async (request, response) => {
    const { user } = request.params;
    const lines = await readLines(user);
    const keys = lines.map(({ product }) => ({ user: { S: user }, product: { S: product } }));
    await Promise.all(keys.map((Key) => dynamodb.send(new DeleteItemCommand({ TableName, Key }))));
    response.status(204).end();
  }),
);

app.use(xrayExpress.closeSegment());
await serve(app);

async function readLines(user) {
  const { Items } = await dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#user = :user',
      ExpressionAttributeNames: { '#user': 'user' },
      ExpressionAttributeValues: { ':user': { S: user } },
    }),
  );
  AWSXRay.getSegment().addAnnotation('cart_lines', Items.length);
  return Items.map(({ product, quantity, priceCents }) => ({
    product: product.S,
    quantity: Number(quantity.N),
    priceCents: Number(priceCents.N),
  }));
}
