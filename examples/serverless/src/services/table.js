import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** Starts DynamoDB with one table, kept in a folder. @param {{ path: string, region: string, table: string }} options */
export async function startDynamoDb({ path, region, table }) {
  const server = dynalite({ path, createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  await createTable({ endpoint: url, region, table });
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function createTable({ endpoint, region, table: TableName }) {
  const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const definition = {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'page', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'page', KeyType: 'HASH' }],
  };
  try {
    await client.send(new CreateTableCommand(definition));
  } catch (error) {
    if (error.name !== 'ResourceInUseException') throw error;
  }
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 10 }, { TableName });
  client.destroy();
}
