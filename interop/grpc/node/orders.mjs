/** The last in the row. Prints "listening PORT". */
import AWSXRay from '@fluoroscope/sdk';
import grpc from '@grpc/grpc-js';
import { textService } from './texts.mjs';

AWSXRay.middleware.setDefaultName('orders');

const server = AWSXRay.captureGrpcServer(new grpc.Server());
server.addService(textService('orders.Orders', { Ask: {} }), {
  Ask: ({ request }, callback) => {
    if (request === 'gone') callback(Object.assign(new Error('no such lamp'), { code: grpc.status.NOT_FOUND }));
    else AWSXRay.captureFunc('read', () => callback(null, `order of ${request}`));
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`listening ${port}\n`);
});
