import { Client, compressionAlgorithms, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';

export interface GrpcCallOptions {
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One unary call with these bytes as its message: the answer's bytes, or the error. */
export async function callGrpc(
  address: string,
  path: string,
  bytes: Buffer,
  { gzip = false, headers = {} }: GrpcCallOptions = {},
): Promise<Buffer | ServiceError> {
  const client = new Client(
    address,
    credentials.createInsecure(),
    gzip ? { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip } : {},
  );
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  try {
    const same = (message: Buffer): Buffer => message;
    return await new Promise((resolve) => {
      client.makeUnaryRequest(path, same, same, bytes, metadata, (error, answer) =>
        resolve(error ?? answer ?? Buffer.alloc(0)),
      );
    });
  } finally {
    client.close();
  }
}
