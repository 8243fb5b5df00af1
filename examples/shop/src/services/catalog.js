// The catalogue: products in DynamoDB.
import '../service-kit/tracing.js';
import { DynamoDBClient, GetItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { handler, serve } from '../service-kit/serve.js';

// captureAWSv3Client turns every call of this client into a subsegment with the table's name, retries included.
const dynamodb = AWSXRay.captureAWSv3Client(new DynamoDBClient({ endpoint: process.env.SHOP_DYNAMODB_URL }));
const TableName = 'products';

const app = express();
app.use(xrayExpress.openSegment('catalog'));

app.get(
  '/products',
  handler(async (request, response) => {
    const { category } = request.query;
    const { Items } = await dynamodb.send(category ? inCategory(category) : new ScanCommand({ TableName }));
    response.json(Items.map(toProduct));
  }),
);

app.get(
  '/products/:id',
  handler(async (request, response) => {
    const { id } = request.params;
    // Annotations are indexed: annotation.product = "lamp-desk" finds the trace.
    AWSXRay.getSegment().addAnnotation('product', id);
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
    if (Item === undefined) response.status(404).json({ error: `no product ${id}` });
    else response.json(toProduct(Item));
  }),
);

app.use(xrayExpress.closeSegment());
await serve(app);

function inCategory(category) {
  return new QueryCommand({
    TableName,
    IndexName: 'by-category',
    KeyConditionExpression: 'category = :category',
    ExpressionAttributeValues: { ':category': { S: category } },
  });
}

function toProduct({ id, category, name, priceCents }) {
  return { id: id.S, category: category.S, name: name.S, priceCents: Number(priceCents.N) };
}
