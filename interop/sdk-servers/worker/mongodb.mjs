import { once } from 'node:events';
import { createServer } from 'node:net';
import { AWSXRay, failing, requireClient, trace } from './traced.mjs';

const OP_QUERY = 2_004;
const OP_REPLY = 1;
const OP_MSG = 2_013;

export async function run() {
  const { MongoClient, BSON } = requireClient('mongodb');
  const server = createServer((socket) => answerWire(socket, BSON));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mongodb://127.0.0.1:${server.address().port}/?directConnection=true`;
  const client = new MongoClient(url, { monitorCommands: true });
  await client.connect();
  const undo = AWSXRay.captureMongoDB(client);
  const orders = client.db('shop').collection('orders');
  await trace('mongo', async () => {
    await orders.findOne({ secret: 'nobody reads this' });
    await failing(() => orders.insertOne({ secret: 'nobody reads this' }));
    AWSXRay.captureFunc('after', () => {});
  });
  undo();
  await trace('mongoUndone', () => orders.findOne({}));
  await client.close();
  server.close();
}

/** As much of a server as the driver needs: it greets, finds one document, and refuses what is to be written. */
function answerWire(socket, BSON) {
  let rest = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(message.length);
      socket.write(reply(message, BSON));
    }
  });
}

/** message = length id to opcode body     ; each an int32 */
function reply(message, BSON) {
  const isOld = message.readInt32LE(12) === OP_QUERY;
  const command = isOld ? { hello: 1 } : BSON.deserialize(message.subarray(21, 21 + message.readInt32LE(21)));
  const body = Buffer.from(BSON.serialize(answerTo(command, BSON)));
  const head = isOld ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isOld) head.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(header.length + head.length + body.length, 0);
  header.writeInt32LE(message.readInt32LE(4), 8);
  header.writeInt32LE(isOld ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, head, body]);
}

function answerTo(command, BSON) {
  if (command.find !== undefined) {
    return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `shop.${command.find}`, firstBatch: [{ item: 'lamp' }] } };
  }
  if (command.insert !== undefined) return { ok: 0, code: 13, errmsg: 'not authorized' };
  const sizes = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 };
  return { ok: 1, isWritablePrimary: true, helloOk: true, minWireVersion: 8, maxWireVersion: 21, ...sizes };
}
