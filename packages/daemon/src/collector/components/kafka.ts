import type { KafkaCompression, KafkaCredentials } from '@fluoroscope/journal';
import { createKafkaSend } from '@fluoroscope/pipeline';
import { z } from 'zod';
import { text } from '../config/kinds.ts';
import type { BuildExporter } from './component.ts';
import { ending, PLAIN_BATCHES, queueOf, SENDING } from './sending.ts';
import { optionalTls, readClientTls, type ClientTlsFiles } from './tls.ts';

const BROKER = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/i;
const BROKERS_MAX = 100;
const ENCODINGS = ['otlp_proto', 'otlp_json', 'xray_json'] as const;
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly KafkaCompression[];
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

const sasl = z.strictObject({
  mechanism: z.enum(MECHANISMS, { error: `expected one of ${MECHANISMS.join(', ')}` }),
  username: text,
  password: text,
});

/** A text has commas between them, as in a variable of the environment. */
const brokers: z.ZodType<string[]> = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value),
  z
    .array(z.string({ error: 'expected host:port' }).regex(BROKER, 'expected host:port'), {
      error: 'expected a list of brokers',
    })
    .min(1, 'expected at least one broker')
    .max(BROKERS_MAX),
);
const topic = z
  .string({ error: "expected a topic's name" })
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, "expected a topic's name");
const encoding = z.enum(ENCODINGS, { error: `expected one of ${ENCODINGS.join(', ')}` });

export const kafka: z.ZodType<BuildExporter> = z
  .strictObject({
    ...SENDING,
    brokers: brokers.default(['localhost:9092']),
    topic: topic.optional(),
    encoding: encoding.optional(),
    traces: z.strictObject({ topic: topic.optional(), encoding: encoding.optional() }).prefault({}),
    partition_traces_by_id: z.literal(true, { error: 'expected true: a trace is in one partition' }).default(true),
    client_id: text.default('fluoroscope'),
    auth: z.strictObject({ sasl: sasl.optional() }).prefault({}),
    tls: optionalTls.refine((files) => files?.server_name_override === undefined, {
      path: ['server_name_override'],
      message: 'Kafka has a name for each broker',
    }),
    producer: z
      .strictObject({
        required_acks: z.union([z.literal(-1), z.literal('all')], { error: 'expected all' }).default('all'),
        compression: z.enum(COMPRESSIONS, { error: `expected one of ${COMPRESSIONS.join(', ')}` }).default('none'),
      })
      .prefault({}),
  })
  .transform((config): BuildExporter => async (parts) => {
    const { client_id: clientId, auth, tls, timeout, producer, traces } = config;
    const credentials = { sasl: auth.sasl ?? null, tls: await readTls(tls) };
    // Only now: loading the client takes half a second.
    const { KAFKA_RECORD_BYTES_MAX, openKafkaJournal } = await import('@fluoroscope/journal/kafka');
    const wanted = traces.topic ?? config.topic ?? 'otlp_spans';
    const access = { brokers: config.brokers, topic: wanted, credentials, clientId };
    const records = await openKafkaJournal(access, { deliveryMsMax: timeout, compression: producer.compression });
    const send = createKafkaSend({
      append: (values, keys) => records.append(values, keys),
      encoding: traces.encoding ?? config.encoding ?? 'otlp_proto',
      recordBytesMax: KAFKA_RECORD_BYTES_MAX - KEY_BYTES,
    });
    return ending(queueOf(send, config, PLAIN_BATCHES, parts), records);
  });

/** Room for a record's key. */
const KEY_BYTES = 64;

async function readTls(files: ClientTlsFiles | undefined): Promise<KafkaCredentials['tls']> {
  if (files === undefined) return null;
  const { ca, cert, key, isVerified } = await readClientTls(files);
  return {
    ca: ca?.toString() ?? null,
    isVerified,
    ...(cert !== null && { cert: cert.toString() }),
    ...(key !== null && { key: key.toString() }),
  };
}
