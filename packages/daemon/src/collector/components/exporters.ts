import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import {
  createCredentialCache,
  createDebugSend,
  createOtlpGrpcSender,
  createOtlpHttpSend,
  createSendingQueue,
  createXraySend,
  createZipkinSend,
  domainOf,
  loadCredentials,
  type CredentialCache,
  type Send,
  type SendingQueueOptions,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { duration, headers, integer, orEmpty, text, url } from '../config/kinds.ts';
import type { BuildExporter, ExporterContext } from './component.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
/** Of PutTraceSegments: what AWS's daemon sends in one call. */
const XRAY_BATCH_DOCUMENTS = 50;
const XRAY_BATCH_BYTES_MAX = 2 * MIB;
const BATCH_DOCUMENTS_DEFAULT = 2_048;
const BATCH_BYTES_MAX = 8 * MIB;
/** Of an answer of AWS's credential services. */
const ASK_MS_MAX = 5_000;

const flag = z.boolean({ error: 'expected true or false' });
const region = z.string({ error: 'expected a region' }).regex(/^[a-z]{2}[a-z0-9-]{1,30}$/, 'expected a region');

/** What every exporter that sends has; as OpenTelemetry names it. */
const SENDING = {
  timeout: duration.default(5_000),
  sending_queue: z
    .strictObject({
      queue_size: integer(1, COUNT_MAX).default(100_000),
      queue_mib: integer(1, COUNT_MAX).default(64),
      num_consumers: integer(1, 1_000).default(10),
      sizer: z.literal('items', { error: 'expected items: documents are counted' }).default('items'),
    })
    .prefault({}),
  retry_on_failure: z
    .strictObject({
      enabled: flag.default(true),
      initial_interval: duration.default(1_000),
      max_interval: duration.default(30_000),
      max_elapsed_time: duration.default(300_000),
    })
    .prefault({}),
};

const sending = z.object(SENDING);

function queueOptions(
  { timeout, sending_queue: queue, retry_on_failure: retry }: z.infer<typeof sending>,
  batchDocumentsMax: number,
  batchBytesMax: number,
  drainMs: number,
): SendingQueueOptions {
  return {
    documentsMax: queue.queue_size,
    bytesMax: queue.queue_mib * MIB,
    consumers: queue.num_consumers,
    batchDocumentsMax,
    batchBytesMax,
    timeoutMs: timeout,
    closeMs: drainMs,
    retry: {
      enabled: retry.enabled,
      initialMs: retry.initial_interval,
      maxMs: retry.max_interval,
      elapsedMsMax: retry.max_elapsed_time,
    },
  };
}

const OTLP = {
  ...SENDING,
  headers: headers.default({}),
  compression: z.enum(['gzip', 'none'], { error: 'expected gzip or none' }).default('gzip'),
};

const otlpHttp: z.ZodType<BuildExporter> = z
  .strictObject({ ...OTLP, endpoint: url.optional(), traces_endpoint: url.optional() })
  .transform((config, context): BuildExporter => {
    const { endpoint, traces_endpoint: tracesUrl, headers: sent, compression } = config;
    const target = tracesUrl ?? (endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/v1/traces`);
    if (target === undefined) {
      context.addIssue({ code: 'custom', path: ['endpoint'], message: 'expected a URL such as http://localhost:4318' });
      return z.NEVER;
    }
    return async ({ events, drainMs }) => {
      const send = createOtlpHttpSend({ url: target, headers: sent, compression });
      return createSendingQueue(send, queueOptions(config, BATCH_DOCUMENTS_DEFAULT, BATCH_BYTES_MAX, drainMs), events);
    };
  });

const GRPC_TARGET = /^(?:https?:\/\/)?((?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5})\/?$/i;

const otlpGrpc: z.ZodType<BuildExporter> = z
  .strictObject({
    ...OTLP,
    endpoint: z.string({ error: 'expected host:port' }).regex(GRPC_TARGET, 'expected host:port such as localhost:4317'),
    tls: z.strictObject({ insecure: flag.default(false) }).prefault({}),
  })
  .transform((config): BuildExporter => {
    const { endpoint, tls, headers: sent, compression } = config;
    const isPlain = tls.insecure || endpoint.startsWith('http://');
    const address = GRPC_TARGET.exec(endpoint)?.[1] ?? endpoint;
    return async ({ events, drainMs }) => {
      const sender = await createOtlpGrpcSender({ address, isPlain, headers: lowerCase(sent), compression });
      const options = queueOptions(config, BATCH_DOCUMENTS_DEFAULT, BATCH_BYTES_MAX, drainMs);
      const queue = createSendingQueue(sender.send, options, events);
      return {
        consume: queue.consume,
        async [Symbol.asyncDispose]() {
          await queue[Symbol.asyncDispose]();
          sender[Symbol.dispose]();
        },
      };
    };
  });

const zipkin: z.ZodType<BuildExporter> = z
  .strictObject({
    ...SENDING,
    endpoint: url,
    headers: headers.default({}),
    format: z.literal('json', { error: 'expected json' }).default('json'),
  })
  .transform((config): BuildExporter => async ({ events, drainMs }) => {
    const send = createZipkinSend(config.endpoint, config.headers);
    return createSendingQueue(send, queueOptions(config, BATCH_DOCUMENTS_DEFAULT, BATCH_BYTES_MAX, drainMs), events);
  });

const debug: z.ZodType<BuildExporter> = z
  .strictObject({
    verbosity: z
      .enum(['basic', 'normal', 'detailed'], { error: 'expected basic, normal or detailed' })
      .default('basic'),
  })
  .transform(
    ({ verbosity }): BuildExporter =>
      async ({ events, drainMs, write }) =>
        createSendingQueue(
          createDebugSend(verbosity, write),
          queueOptions(sending.parse({}), COUNT_MAX, MIB, drainMs),
          events,
        ),
  );

const AWS_KEYS = {
  access_key_id: text.optional(),
  secret_access_key: text.optional(),
  session_token: text.optional(),
  profile: text.optional(),
  role_arn: text.optional(),
};
const awsKeys = z.object(AWS_KEYS);

function awsXray(environment: Environment): z.ZodType<BuildExporter> {
  return z
    .strictObject({
      ...SENDING,
      ...AWS_KEYS,
      endpoint: url.optional(),
      region: region.optional(),
      sign: flag.default(true),
      num_workers: integer(1, 1_000).optional(),
    })
    .transform((config, context): BuildExporter => {
      const { sign, num_workers: workers } = config;
      const where = config.region ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
      const refuse = (key: string, message: string): never => {
        context.addIssue({ code: 'custom', path: [key], message });
        return z.NEVER;
      };
      if (where === undefined && (sign || config.endpoint === undefined)) {
        return refuse('region', 'expected a region, here or in AWS_REGION');
      }
      if ((config.access_key_id === undefined) !== (config.secret_access_key === undefined)) {
        return refuse('secret_access_key', 'expected access_key_id and secret_access_key, or neither');
      }
      const target = where ?? '';
      const endpoint = config.endpoint ?? `https://xray.${target}.${domainOf(target)}`;
      return async (parts) => {
        const options = queueOptions(config, XRAY_BATCH_DOCUMENTS, XRAY_BATCH_BYTES_MAX, parts.drainMs);
        const credentials = sign ? credentialsOf(config, target, environment, parts) : null;
        const send: Send = createXraySend({ endpoint, region: target, credentials, nowMs: parts.nowMs });
        return createSendingQueue(send, { ...options, consumers: workers ?? options.consumers }, parts.events);
      };
    });
}

function credentialsOf(
  config: z.infer<typeof awsKeys>,
  where: string,
  environment: Environment,
  { nowMs, troubled }: ExporterContext,
): Pick<CredentialCache, 'current'> {
  const { access_key_id: id, secret_access_key: secret, session_token: token, profile, role_arn: roleArn } = config;
  const written: Environment =
    id === undefined ? environment : { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
  const load = (): ReturnType<typeof loadCredentials> =>
    loadCredentials({
      environment: written,
      profile: profile ?? null,
      roleArn: roleArn ?? null,
      region: where,
      readText: (path) => readFile(path, 'utf8'),
      homeFolder: homedir(),
      ask: async ({ method, url: target, headers: sent, body }) => {
        const response = await fetch(target, {
          method,
          headers: sent,
          ...(body !== '' && { body }),
          redirect: 'error',
          signal: AbortSignal.timeout(ASK_MS_MAX),
        });
        return { status: response.status, body: await response.text() };
      },
      nowMs,
    });
  return createCredentialCache({ load, nowMs, failed: (error) => troubled('AWS credentials could not be had', error) });
}

/** gRPC's metadata knows no capitals. */
function lowerCase(sent: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]));
}

export function exporterKinds(environment: Environment): ReadonlyMap<string, z.ZodType<BuildExporter>> {
  return new Map([
    ['awsxray', orEmpty(awsXray(environment))],
    ['otlp', otlpGrpc],
    ['otlphttp', otlpHttp],
    ['zipkin', zipkin],
    ['debug', orEmpty(debug)],
  ]);
}
