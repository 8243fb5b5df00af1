// Function URL → here → table "hits". The answer is written while the table is read.
import { finished } from 'node:stream/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import AWSXRay from '@fluoroscope/sdk';

const client = AWSXRay.captureAWSv3Client(new DynamoDBClient({}));
const { TABLE_NAME: TableName } = process.env;
const PAGE_ITEMS = 25;

export const handler = awslambda.streamifyResponse((_event, responseStream) =>
  AWSXRay.captureAsyncFunc('stream hits', async (subsegment) => {
    responseStream.setContentType('application/x-ndjson');
    let lines = 0;
    for await (const { Items } of paginateScan({ client, pageSize: PAGE_ITEMS }, { TableName })) {
      for (const { page, hits } of Items)
        responseStream.write(`${JSON.stringify({ page: page.S, hits: Number(hits.N) })}\n`);
      lines += Items.length;
    }
    responseStream.end();
    await finished(responseStream);
    subsegment.addAnnotation('lines', lines);
    subsegment.close();
  }),
);
