// The microservice. Decorators are applied by hand, so that nothing has to be compiled.
import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import AWSXRay from '@fluoroscope/sdk';
import grpc from '@grpc/grpc-js';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GrpcMethod, RpcException, Transport } from '@nestjs/microservices';
import { from } from 'rxjs';

const LEFT = new Map([
  ['lamp', 3],
  ['chair', 0],
]);

export const PROTO = { package: 'stock', protoPath: fileURLToPath(new URL('stock.proto', import.meta.url)) };

class StockController {
  ask({ name }) {
    const left = AWSXRay.captureFunc('count', (subsegment) => {
      subsegment?.addAnnotation('item', name);
      return LEFT.get(name);
    });
    if (left === undefined) throw new RpcException({ code: grpc.status.NOT_FOUND, message: `no such item: ${name}` });
    return { text: `${left} × ${name}` };
  }

  watch() {
    return from([...LEFT].map(([name, left]) => ({ text: `${left} × ${name}` })));
  }
}
Controller()(StockController);
for (const [key, name] of [
  ['ask', 'Ask'],
  ['watch', 'Watch'],
]) {
  const descriptor = Object.getOwnPropertyDescriptor(StockController.prototype, key);
  GrpcMethod('Stock', name)(StockController.prototype, key, descriptor);
}

// oxlint-disable-next-line typescript/no-extraneous-class -- what NestJS takes as a module
class StockModule {}
Module({ controllers: [StockController] })(StockModule);

/** The interceptor among the channel's options is all. */
export async function startStock(url) {
  const app = await NestFactory.createMicroservice(StockModule, {
    transport: Transport.GRPC,
    logger: false,
    options: {
      ...PROTO,
      url,
      channelOptions: { interceptors: [AWSXRay.grpcServerInterceptor({ name: 'stock' })] },
    },
  });
  await app.listen();
  return app;
}
