import {
  createDebugSend,
  createOtlpGrpcSender,
  createOtlpHttpSend,
  createPoster,
  createXraySend,
  createZipkinSend,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { headers, integer, orEmpty, url } from '../config/kinds.ts';
import type { BuildExporter, CollectorEnvironment } from './component.ts';
import { kafka } from './kafka.ts';
import { ending, PLAIN_BATCHES, queueOf, SENDING, type Batches } from './sending.ts';
import { endpointOf, openXrayEndpoint, XRAY_ENDPOINT } from './xray-endpoint.ts';
import { clientTls, readClientTls, urlTls } from './tls.ts';

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
/** Of PutTraceSegments: what AWS's daemon sends in one call. */
const XRAY_BATCHES: Batches = { documentsMax: 50, bytesMax: 2 * MIB };
const DEBUG_BATCHES: Batches = { documentsMax: COUNT_MAX, bytesMax: MIB };

const OTLP = {
  ...SENDING,
  headers: headers.default({}),
  compression: z.enum(['gzip', 'none'], { error: 'expected gzip or none' }).default('gzip'),
};

const otlpHttp: z.ZodType<BuildExporter> = z
  .strictObject({ ...OTLP, endpoint: url.optional(), traces_endpoint: url.optional(), tls: clientTls })
  .transform((config, context): BuildExporter => {
    const { endpoint, traces_endpoint: tracesUrl, headers: sent, compression } = config;
    const target = tracesUrl ?? (endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/v1/traces`);
    if (target === undefined) {
      context.addIssue({ code: 'custom', path: ['endpoint'], message: 'expected a URL such as http://localhost:4318' });
      return z.NEVER;
    }
    if (config.tls.insecure && target.startsWith('https:')) {
      context.addIssue({ code: 'custom', path: ['tls', 'insecure'], message: 'expected false: the URL is https' });
    }
    return async (parts) => {
      const poster = createPoster(await readClientTls(config.tls));
      const send = createOtlpHttpSend({ url: target, headers: sent, compression, post: poster.post });
      return ending(queueOf(send, config, PLAIN_BATCHES, parts), poster);
    };
  });

const GRPC_TARGET = /^(?:https?:\/\/)?((?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5})\/?$/i;

const otlpGrpc: z.ZodType<BuildExporter> = z
  .strictObject({
    ...OTLP,
    endpoint: z.string({ error: 'expected host:port' }).regex(GRPC_TARGET, 'expected host:port such as localhost:4317'),
    tls: clientTls,
  })
  .transform((config): BuildExporter => {
    const { endpoint, tls, headers: sent, compression } = config;
    const isPlain = tls.insecure || endpoint.startsWith('http://');
    const address = GRPC_TARGET.exec(endpoint)?.[1] ?? endpoint;
    return async (parts) => {
      const read = isPlain ? null : await readClientTls(tls);
      const sender = await createOtlpGrpcSender({ address, tls: read, headers: lowerCase(sent), compression });
      return ending(queueOf(sender.send, config, PLAIN_BATCHES, parts), sender);
    };
  });

const zipkin: z.ZodType<BuildExporter> = z
  .strictObject({
    ...SENDING,
    endpoint: url,
    headers: headers.default({}),
    format: z.literal('json', { error: 'expected json' }).default('json'),
    tls: urlTls,
  })
  .transform((config): BuildExporter => async (parts) => {
    const poster = createPoster(await readClientTls(config.tls));
    const send = createZipkinSend(config.endpoint, config.headers, poster.post);
    return ending(queueOf(send, config, PLAIN_BATCHES, parts), poster);
  });

const debug: z.ZodType<BuildExporter> = z
  .strictObject({
    verbosity: z
      .enum(['basic', 'normal', 'detailed'], { error: 'expected basic, normal or detailed' })
      .default('basic'),
  })
  .transform(
    ({ verbosity }): BuildExporter =>
      async (parts) =>
        queueOf(createDebugSend(verbosity, parts.write), z.object(SENDING).parse({}), DEBUG_BATCHES, parts),
  );

function awsXray(environment: CollectorEnvironment): z.ZodType<BuildExporter> {
  return z
    .strictObject({
      ...SENDING,
      ...XRAY_ENDPOINT,
      num_workers: integer(1, 1_000).optional(),
    })
    .transform((config, context): BuildExporter => {
      const endpoint = endpointOf(config, environment, context);
      if (endpoint === null) return z.NEVER;
      return async (parts) => {
        const { poster, options } = await openXrayEndpoint(endpoint, config, environment, parts);
        const batches = { ...XRAY_BATCHES, consumers: config.num_workers };
        return ending(queueOf(createXraySend(options), config, batches, parts), poster);
      };
    });
}

/** gRPC's metadata knows no capitals. */
function lowerCase(sent: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]));
}

export function exporterKinds(environment: CollectorEnvironment): ReadonlyMap<string, z.ZodType<BuildExporter>> {
  return new Map([
    ['awsxray', orEmpty(awsXray(environment))],
    ['otlp', otlpGrpc],
    ['otlp_grpc', otlpGrpc],
    ['otlphttp', otlpHttp],
    ['otlp_http', otlpHttp],
    ['zipkin', zipkin],
    ['kafka', orEmpty(kafka)],
    ['debug', orEmpty(debug)],
  ]);
}
