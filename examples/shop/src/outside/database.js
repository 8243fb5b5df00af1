import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { startCapacityProxy } from './capacity-proxy.js';
import { PRODUCTS } from './products.js';

const TABLES = [
  table('products', ['id'], { IndexName: 'by-category', KeySchema: [{ AttributeName: 'category', KeyType: 'HASH' }] }),
  table('carts', ['user', 'product']),
  table('orders', ['id']),
];

/** Starts a DynamoDB that lives in memory, with the shop's tables and products in it, behind the capacity proxy. */
export async function startDatabase() {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;

  await fill(url);
  const proxy = await startCapacityProxy({ upstream: url, tables: TABLES.map(({ TableName }) => TableName) });
  return {
    url: proxy.url,
    capacities: proxy.capacities,
    setCapacity: proxy.setCapacity,
    close() {
      proxy.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function fill(endpoint) {
  const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  for (const definition of TABLES) {
    await client.send(new CreateTableCommand(definition));
    const { TableName } = definition;
    await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 10 }, { TableName });
  }
  for (const { id, category, name, priceCents } of PRODUCTS) {
    const Item = { id: { S: id }, category: { S: category }, name: { S: name }, priceCents: { N: String(priceCents) } };
    await client.send(new PutItemCommand({ TableName: 'products', Item }));
  }
  client.destroy();
}

function table(TableName, keys, index) {
  const indexKeys = index?.KeySchema.map(({ AttributeName }) => AttributeName) ?? [];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys, ...indexKeys].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
    ...(index && { GlobalSecondaryIndexes: [{ ...index, Projection: { ProjectionType: 'ALL' } }] }),
  };
}
