import * as grpc from '@grpc/grpc-js';

/** What the handlers of all four methods do. */
export interface Handlers {
  readonly fail?: Error;
  readonly throwAtOnce?: Error;
  /** Before the answer. */
  readonly wait?: Promise<unknown>;
  readonly waitAfterAnswer?: Promise<unknown>;
  readonly during?: (method: Method, call: object) => Promise<void>;
  readonly onMetadata?: (metadata: grpc.Metadata) => void;
}

export type Method = 'Unary' | 'Collect' | 'List' | 'Chat';

interface ShopOptions {
  readonly prepareServer?: (server: grpc.Server) => grpc.Server;
  readonly prepareClient?: (client: grpc.Client) => grpc.Client;
  readonly serverOptions?: grpc.ServerOptions;
  readonly clientOptions?: grpc.ClientOptions;
}

export interface Asking {
  readonly metadata?: grpc.Metadata;
  readonly options?: object;
  readonly timeoutMs?: number;
  /** The call is cancelled then. */
  readonly cancelAfter?: Promise<unknown>;
  readonly onAnswer?: () => void;
}

export interface Outcome {
  readonly answers: readonly unknown[];
  readonly code: number;
  readonly headers?: grpc.Metadata;
  readonly trailers?: grpc.Metadata;
}

export interface Shop {
  readonly address: string;
  /** A handler has begun. */
  readonly started: Promise<void>;
  /** The client is connected. */
  readonly connected: () => Promise<void>;
  readonly call: (method: Method, asking?: Asking) => Promise<Outcome>;
  /** The server alone. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const toBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

const method = (
  name: Method,
  requestStream: boolean,
  responseStream: boolean,
): grpc.MethodDefinition<unknown, unknown> => ({
  path: `/test.Shop/${name}`,
  requestStream,
  responseStream,
  requestSerialize: toBytes,
  requestDeserialize: fromBytes,
  responseSerialize: toBytes,
  responseDeserialize: fromBytes,
});

const SERVICE: Record<Method, grpc.MethodDefinition<unknown, unknown>> = {
  Unary: method('Unary', false, false),
  Collect: method('Collect', true, false),
  List: method('List', false, true),
  Chat: method('Chat', true, true),
};

/** A service with a method of each kind on a free port, and a client of it. */
export async function openShop(handlers: Handlers, options: ShopOptions): Promise<Shop> {
  let begun = (): void => {};
  const started = new Promise<void>((resolve) => (begun = resolve));
  const server = (options.prepareServer ?? ((one) => one))(new grpc.Server(options.serverOptions));
  server.addService(
    SERVICE,
    implement(handlers, () => begun()),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const address = `127.0.0.1:${port}`;
  const Client = grpc.makeGenericClientConstructor(SERVICE, 'test.Shop');
  const client = new Client(address, grpc.credentials.createInsecure(), options.clientOptions);
  options.prepareClient?.(client);
  const stop = async (): Promise<void> => server.forceShutdown();
  return {
    address,
    started,
    stop,
    connected: () =>
      new Promise((resolve, reject) =>
        client.waitForReady(Infinity, (error) => (error === undefined ? resolve() : reject(error))),
      ),
    call: (name, asking = {}) => ask(client, name, asking),
    close: async () => {
      client.close();
      await stop();
    },
  };
}

type SingleCall = grpc.ServerUnaryCall<unknown, unknown> | grpc.ServerReadableStream<unknown, unknown>;
type StreamCall = grpc.ServerWritableStream<unknown, unknown> | grpc.ServerDuplexStream<unknown, unknown>;
type Callback = (error: Error | null, value?: unknown) => void;

function implement(handlers: Handlers, begun: () => void): grpc.UntypedServiceImplementation {
  const work = async (name: Method, call: SingleCall | StreamCall): Promise<void> => {
    handlers.onMetadata?.(call.metadata);
    begun();
    await handlers.during?.(name, call);
    await handlers.wait;
    if (handlers.fail !== undefined) throw handlers.fail;
  };
  const single =
    (name: Method) =>
    (call: SingleCall, callback: Callback): void => {
      if (handlers.throwAtOnce !== undefined) throw handlers.throwAtOnce;
      if (name === 'Collect') call.on('data', () => {});
      work(name, call).then(() => callback(null, { ok: true }), callback);
    };
  const stream =
    (name: Method) =>
    (call: StreamCall): void => {
      if (name === 'Chat') call.on('data', () => {});
      const answer = async (): Promise<void> => {
        await work(name, call);
        call.write({ ok: 1 });
        await handlers.waitAfterAnswer;
        call.end();
      };
      answer().catch((error: unknown) => call.emit('error', error));
    };
  return { Unary: single('Unary'), Collect: single('Collect'), List: stream('List'), Chat: stream('Chat') };
}

/** Resolves when the call has its status, with whatever that is. */
function ask(client: grpc.Client, name: Method, asking: Asking): Promise<Outcome> {
  const { path, requestStream, responseStream } = SERVICE[name];
  const metadata = asking.metadata ?? new grpc.Metadata();
  const deadline = asking.timeoutMs === undefined ? {} : { deadline: Date.now() + asking.timeoutMs };
  const options = { ...deadline, ...asking.options };
  const answers: unknown[] = [];
  const answer = (value: unknown): void => {
    answers.push(value);
    asking.onAnswer?.();
  };
  const callback = (_: unknown, value: unknown): void => void (value !== undefined && answer(value));
  return new Promise((resolve) => {
    const writing = !requestStream
      ? undefined
      : responseStream
        ? client.makeBidiStreamRequest(path, toBytes, fromBytes, metadata, options)
        : client.makeClientStreamRequest(path, toBytes, fromBytes, metadata, options, callback);
    const call =
      writing ??
      (responseStream
        ? client.makeServerStreamRequest(path, toBytes, fromBytes, {}, metadata, options)
        : client.makeUnaryRequest(path, toBytes, fromBytes, {}, metadata, options, callback));
    let headers: grpc.Metadata | undefined;
    call.on('metadata', (received: grpc.Metadata) => (headers = received));
    call.on('error', () => {});
    if (responseStream) call.on('data', answer);
    call.on('status', ({ code, metadata: trailers }: grpc.StatusObject) =>
      setImmediate(() => resolve({ answers, code, ...(headers && { headers }), trailers })),
    );
    void asking.cancelAfter?.then(() => call.cancel());
    writing?.write({ n: 1 });
    writing?.end();
  });
}
