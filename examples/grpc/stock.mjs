// The server. `captureGrpcServer` before `addService` is all.
import { promisify } from 'node:util';
import AWSXRay from '@fluoroscope/sdk';
import grpc from '@grpc/grpc-js';
import { STOCK } from './service.mjs';

const LEFT = new Map([
  ['lamp', 3],
  ['chair', 0],
]);

/** @returns {Promise<{ address: string, stop: () => void }>} */
export async function startStock() {
  const server = AWSXRay.captureGrpcServer(new grpc.Server(), { name: 'stock' });
  server.addService(STOCK, {
    Ask({ request: item }, answer) {
      const left = AWSXRay.captureFunc('count', (subsegment) => {
        subsegment?.addAnnotation('item', item);
        return LEFT.get(item);
      });
      if (left === undefined) answer({ code: grpc.status.NOT_FOUND, details: `no such item: ${item}` });
      else answer(null, `${left} × ${item}`);
    },
    Watch(call) {
      for (const [item, left] of LEFT) call.write(`${left} × ${item}`);
      call.end();
    },
  });
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', grpc.ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}
