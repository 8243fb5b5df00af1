// Queue "receipts" → here. Messages come in batches; those that fail are named, and Lambda gives them back to the queue.
import AWSXRay from '@fluoroscope/sdk';

const JAM_EVERY = 7;

export async function handler(event) {
  const failures = await Promise.all(event.Records.map(writeReceipt));
  return { batchItemFailures: failures.filter((itemIdentifier) => itemIdentifier !== undefined).map(toFailure) };
}

/** Resolves to the message's id when it has to come again. */
function writeReceipt({ messageId, body, attributes }) {
  return AWSXRay.captureAsyncFunc('write receipt', async (subsegment) => {
    const visit = JSON.parse(body);
    subsegment.addAnnotation('page', visit.page);
    subsegment.addMetadata('message', { messageId, receiveCount: Number(attributes.ApproximateReceiveCount) });
    try {
      subsegment.addMetadata('receipt', print(visit, attributes));
      subsegment.close();
      return undefined;
    } catch (error) {
      subsegment.addAnnotation('jammed', true);
      subsegment.close(error);
      return messageId;
    }
  });
}

/** The printer jams at each seventh visit, and works the second time. */
function print({ page, hits, country }, { ApproximateReceiveCount }) {
  if (hits % JAM_EVERY === 0 && ApproximateReceiveCount === '1') throw new PrinterJamError(`jammed at visit ${hits}`);
  return `${page}: visit ${hits}, from ${country}`;
}

function toFailure(itemIdentifier) {
  return { itemIdentifier };
}

class PrinterJamError extends Error {
  name = 'PrinterJamError';
}
