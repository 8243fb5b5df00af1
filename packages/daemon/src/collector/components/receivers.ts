import { timeUsFromMs } from '@fluoroscope/model';
import {
  createIntake,
  createJaegerReceiver,
  createZipkinReceiver,
  handleOtlpHttp,
  handleXrayHttp,
  listenHttp,
  listenJaegerGrpc,
  listenOtlpGrpc,
  openXrayUdpListener,
  OTLP_HTTP_PATH,
  OTLP_REQUEST_BYTES_MAX,
  PipelineError,
  plainAnswer,
  receiveXrayUdp,
  RETRY_AFTER_SECONDS,
  SPAN_BODY_BYTES_MAX,
  type HttpAnswer,
  type HttpRequest,
  type OtlpReceiverOptions,
  type ServerTls,
  type SpanRequest,
  type SpanSink,
  watchKernelDrops,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { listenAddress, orEmpty, printAddress, type ListenAddress } from '../config/kinds.ts';
import type { ListenerPlan, OpenListener, ReceiverPort } from './component.ts';
import { serverTls, type ServerTlsFiles } from './tls.ts';

type Open = (at: ListenAddress, port: () => ReceiverPort, tls: ServerTls | null) => Promise<OpenListener>;

/** Of one document as JSON: spans of other dialects may be larger than X-Ray takes, for exporters that do. */
const DOCUMENT_BYTES_MAX = 1024 * 1024;

/** Documents of datagrams that the pipelines have not taken yet. */
const DATAGRAMS_WAITING_MAX = 10_000;

function endpoint(port: number): z.ZodType<ListenAddress> {
  return listenAddress.default({ host: 'localhost', port });
}

/** Over TCP: an address, and certificates. */
function protocol(name: string, port: number, open: Open): z.ZodType<ListenerPlan | undefined> {
  return z
    .strictObject({ endpoint: endpoint(port), tls: serverTls })
    .transform((config) => plan(name, config.endpoint, open, config.tls ?? null))
    .optional();
}

/** A protocol is open when its key is there, though nothing stands below it. */
function protocols(
  shape: Readonly<Record<string, z.ZodType<ListenerPlan | undefined>>>,
): z.ZodType<readonly ListenerPlan[]> {
  const names = Object.keys(shape);
  const filled = z.preprocess(
    (value) =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, member ?? {}]))
        : value,
    z.strictObject(shape, { error: `expected one or more of ${names.join(', ')}` }),
  );
  return z
    .strictObject({ protocols: filled })
    .transform((config) => Object.values(config.protocols).filter((one) => one !== undefined))
    .refine((plans) => plans.length > 0, {
      path: ['protocols'],
      message: `expected one or more of ${names.join(', ')}`,
    });
}

export const RECEIVERS: ReadonlyMap<string, z.ZodType<readonly ListenerPlan[]>> = new Map([
  [
    'otlp',
    protocols({ grpc: protocol('otlp/grpc', 4_317, openOtlpGrpc), http: protocol('otlp/http', 4_318, openOtlpHttp) }),
  ],
  [
    'zipkin',
    orEmpty(z.strictObject({ endpoint: endpoint(9_411), tls: serverTls })).transform((config) => [
      plan('zipkin', config.endpoint, openZipkin, config.tls ?? null),
    ]),
  ],
  [
    'jaeger',
    protocols({
      thrift_http: protocol('jaeger/thrift_http', 14_268, openJaegerHttp),
      grpc: protocol('jaeger/grpc', 14_250, openJaegerGrpc),
    }),
  ],
  [
    'awsxray',
    orEmpty(
      z.strictObject({
        endpoint: endpoint(2_000),
        transport: z.literal('udp', { error: 'expected udp' }).default('udp'),
        http: z.preprocess((value) => (value === null ? {} : value), protocol('awsxray/http', 2_000, openXrayHttp)),
      }),
    ).transform(({ endpoint: at, http }) => [
      plan('awsxray/udp', at, openXrayUdp, null),
      ...(http === undefined ? [] : [http]),
    ]),
  ],
]);

function plan(name: string, at: ListenAddress, open: Open, tls: ServerTlsFiles | null): ListenerPlan {
  // What cannot be changed under an open port makes another listener.
  const security = tls === null ? '' : tls.client_ca_file === undefined ? ' tls' : ' mtls';
  const key = `${name} ${printAddress(at)}${security}`;
  const address = at.port === 0 ? null : `${open === openXrayUdp ? 'udp' : 'tcp'} ${printAddress(at)}`;
  return { key, protocol: name, address, tls, open: (port, read) => open(at, port, read) };
}

const nowUs = (): ReturnType<typeof timeUsFromMs> => timeUsFromMs(Date.now());

function intakeOf(port: () => ReceiverPort): ReturnType<typeof createIntake> {
  return createIntake({
    next: () => port().next,
    nowUs,
    // Whether a time is too long ago is for the far end to say.
    pastUsMax: Number.POSITIVE_INFINITY,
    futureUsMax: Number.POSITIVE_INFINITY,
    documentBytesMax: DOCUMENT_BYTES_MAX,
    events: {
      accepted: (count) => port().events.accepted(count),
      refused: ({ code, message }) => port().events.refused(1, code, message),
      turnedAway: (count) => port().events.turnedAway(count),
    },
  });
}

function otlpOptions(port: () => ReceiverPort): OtlpReceiverOptions {
  const put = intakeOf(port);
  return {
    indexed: 'all',
    keepsSpans: true,
    async put(documents) {
      try {
        return { state: 'kept', refused: await put(documents) };
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        return { state: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
      }
    },
    events: {
      requestRefused: (_transport, { code, message }) => port().events.refused(1, code, message),
      spansRefused: (_transport, count, [first]) => port().events.refused(count, 'bad-span', first?.message ?? ''),
      deliveryFailed: (_transport, error) => port().events.troubled('spans could not be taken', error),
      // Counted as documents by the intake.
      requestReceived: () => {},
      spansAccepted: () => {},
      spansTurnedAway: () => {},
    },
  };
}

async function openOtlpGrpc(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  return addressed(await listenOtlpGrpc({ ...at, tls, admit: () => 'admitted', ...otlpOptions(port) }));
}

async function openOtlpHttp(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  const options = otlpOptions(port);
  return openHttp('OTLP/HTTP', at, tls, OTLP_REQUEST_BYTES_MAX, async (request) => {
    if (request.path !== OTLP_HTTP_PATH) return plainAnswer(404, `path: expected ${OTLP_HTTP_PATH}`);
    return handleOtlpHttp(request, options);
  });
}

function sinkOf(port: () => ReceiverPort): SpanSink {
  return {
    put: intakeOf(port),
    nowUs,
    events: {
      // Counted as documents by the intake.
      spansReceived: () => {},
      spansRefused: ({ code, message }) => port().events.refused(1, code, message),
    },
  };
}

async function openZipkin(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  const receive = createZipkinReceiver(sinkOf(port));
  return openHttp('Zipkin', at, tls, SPAN_BODY_BYTES_MAX, async (request) => spanAnswer(await receive(request)));
}

async function openJaegerHttp(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  const { receive } = createJaegerReceiver(sinkOf(port));
  return openHttp('Jaeger/HTTP', at, tls, SPAN_BODY_BYTES_MAX, async (request) => spanAnswer(await receive(request)));
}

async function openJaegerGrpc(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  const { postSpans } = createJaegerReceiver(sinkOf(port));
  const listener = await listenJaegerGrpc({
    ...at,
    tls,
    admit: () => 'admitted',
    async postSpans(message) {
      try {
        return await postSpans(message);
      } catch (error) {
        if (error instanceof PipelineError) return null;
        throw error;
      }
    },
    failed: (error) => port().events.troubled('spans could not be taken', error),
  });
  return addressed(listener);
}

async function openXrayHttp(...[at, port, tls]: Parameters<Open>): Promise<OpenListener> {
  const put = intakeOf(port);
  return openHttp('X-Ray', at, tls, SPAN_BODY_BYTES_MAX, (request) => handleXrayHttp(request, put));
}

async function openXrayUdp(at: ListenAddress, port: () => ReceiverPort): Promise<OpenListener> {
  const put = intakeOf(port);
  const listener = await openXrayUdpListener(at);
  let waiting = 0;
  let idle: (() => void) | null = null;

  async function take(text: string): Promise<void> {
    if (waiting >= DATAGRAMS_WAITING_MAX) {
      port().events.dropped(1, 'waiting-full');
      return;
    }
    waiting += 1;
    try {
      await put([text]);
    } catch (error) {
      const isExpected = error instanceof PipelineError;
      port().events.dropped(1, isExpected ? error.code : 'failed');
      if (!isExpected) port().events.troubled('a datagram could not be taken', error);
    } finally {
      waiting -= 1;
      if (waiting === 0) idle?.();
    }
  }

  const receiving = receiveXrayUdp({
    socket: listener.socket,
    onDocument: (text) => void take(text),
    events: {
      datagramReceived: () => {},
      datagramRefused: ({ code, message }) => port().events.refused(1, code, message),
      deliveryFailed: (error) => port().events.troubled('a datagram could not be taken', error),
      socketFailed: (error) => port().events.troubled('the UDP socket failed', error),
    },
  });

  const drops = watchKernelDrops({
    address: listener.address,
    dropped: (count) => port().events.dropped(count, 'kernel'),
  });
  return {
    address: printAddress(listener.address),
    renewTls: () => {},
    async [Symbol.asyncDispose]() {
      await drops[Symbol.asyncDispose]();
      receiving[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
      if (waiting > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

async function openHttp(
  label: string,
  at: ListenAddress,
  tls: ServerTls | null,
  bodyBytesMax: number,
  handle: (request: HttpRequest & SpanRequest) => Promise<HttpAnswer>,
): Promise<OpenListener> {
  const listener = await listenHttp({
    label,
    ...at,
    tls,
    bodyBytesMax,
    handle: async (request) =>
      request.method === 'POST' ? handle(request) : plainAnswer(405, 'method: expected POST'),
  });
  return addressed(listener);
}

function spanAnswer({ status, text }: { readonly status: number; readonly text: string }): HttpAnswer {
  return plainAnswer(status, text);
}

function addressed(listener: ListenAddress & Pick<OpenListener, 'renewTls'> & AsyncDisposable): OpenListener {
  return {
    address: printAddress(listener),
    renewTls: (tls) => listener.renewTls(tls),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
