import { totalmem } from 'node:os';
import {
  changeAttributes,
  createBatch,
  createIstio,
  createMapping,
  createMemoryLimiter,
  createProbabilisticSampler,
  createSharedTraceIdMemory,
  createTraceIdMapping,
  createTraceIdMemory,
  openRedisMap,
  redact,
  type AttributeAction,
} from '@fluoroscope/pipeline';
import { z } from 'zod';
import { duration, integer, listenAddress, orEmpty, pattern, percentage, text } from '../config/kinds.ts';
import type { BuildProcessor, CollectorEnvironment } from './component.ts';
import { tailSampling } from './tail-sampling.ts';
import { xraySampler } from './xray-sampler.ts';
import { optionalTls, readClientTls } from './tls.ts';

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
const ACTIONS_MAX = 1_000;

const batch: z.ZodType<BuildProcessor> = z
  .strictObject({
    send_batch_size: integer(1, COUNT_MAX).default(8_192),
    send_batch_max_size: integer(0, COUNT_MAX).default(0),
    timeout: duration.default(200),
  })
  .refine(({ send_batch_size, send_batch_max_size: max }) => max === 0 || max >= send_batch_size, {
    path: ['send_batch_max_size'],
    message: 'expected 0, or at least send_batch_size',
  })
  .transform((config): BuildProcessor => (next, { events }) => {
    const { send_batch_size: sendBatchSize, send_batch_max_size: sendBatchMaxSize, timeout: timeoutMs } = config;
    return createBatch(next, { sendBatchSize, sendBatchMaxSize, timeoutMs }, events);
  });

const memoryLimiter: z.ZodType<BuildProcessor> = z
  .strictObject({
    check_interval: duration.default(1_000),
    limit_mib: integer(1, COUNT_MAX).optional(),
    spike_limit_mib: integer(0, COUNT_MAX).optional(),
    limit_percentage: integer(1, 100).optional(),
    spike_limit_percentage: integer(0, 99).optional(),
  })
  .transform((config, context): BuildProcessor => {
    const { limit_mib: mib, limit_percentage: share, check_interval: checkIntervalMs } = config;
    const refuse = (key: string, message: string): never => {
      context.addIssue({ code: 'custom', path: [key], message });
      return z.NEVER;
    };
    if (mib === undefined && share === undefined) return refuse('limit_mib', 'expected limit_mib or limit_percentage');
    const limit = mib === undefined ? (memoryTotal() * (share ?? 0)) / 100 : mib * MIB;
    const spike =
      config.spike_limit_mib !== undefined
        ? config.spike_limit_mib * MIB
        : config.spike_limit_percentage !== undefined
          ? (memoryTotal() * config.spike_limit_percentage) / 100
          : limit * SPIKE_SHARE;
    if (spike >= limit) return refuse('spike_limit_mib', 'expected less than the limit');
    return (next) => createMemoryLimiter(next, { limitBytes: limit - spike, checkIntervalMs });
  });

/** What a container may have is less than what its machine has. */
export function memoryTotal(machine: number = totalmem(), container: number = process.constrainedMemory()): number {
  return container > 0 ? Math.min(machine, container) : machine;
}

/** Of the limit, kept free for what is being received. */
const SPIKE_SHARE = 0.2;

const redis = z.strictObject({
  endpoint: listenAddress,
  username: text.optional(),
  password: text.optional(),
  tls: optionalTls,
  db: integer(0, 1_000_000).default(0),
  key_prefix: z.string({ error: 'expected a text' }).max(200).default('fluoroscope:trace-id:'),
  timeout: duration.default(100),
});

const traceId: z.ZodType<BuildProcessor> = z
  .strictObject({
    max_age: duration.default(28 * 86_400_000),
    max_skew: duration.default(300_000),
    ttl: duration.default(60_000),
    cache_size: integer(1, COUNT_MAX).default(100_000),
    shared: z.strictObject({ redis }).optional(),
  })
  .transform((config): BuildProcessor => async (next, { nowUs, overflowed, unshared, troubled }) => {
    const window = { ageSecondsMax: config.max_age / 1e3, aheadSecondsMax: config.max_skew / 1e3, nowUs };
    const bounds = {
      ttlMs: config.ttl,
      tracesMax: config.cache_size,
      evicted: () => overflowed('trace-id-forgotten'),
    };
    if (config.shared === undefined) {
      return createTraceIdMapping(next, { ...window, memory: createTraceIdMemory(bounds) });
    }
    const { endpoint, tls, db, timeout, key_prefix: keyPrefix, username = null, password = null } = config.shared.redis;
    const map = await openRedisMap({
      ...endpoint,
      tls: tls === undefined ? null : await readClientTls(tls),
      username,
      password,
      database: db,
      keyPrefix,
      troubled: (error) => troubled('Redis', error),
    });
    const memory = createSharedTraceIdMemory({ ...bounds, map, timeoutMs: timeout, unshared });
    const mapping = createTraceIdMapping(next, { ...window, memory });
    return { consume: mapping.consume, [Symbol.asyncDispose]: async () => map[Symbol.dispose]() };
  });

const istio: z.ZodType<BuildProcessor> = z
  .strictObject({})
  .transform((): BuildProcessor => (next) => createIstio(next));

const annotationKey = z
  .string({ error: 'expected a key' })
  .regex(/^[\p{L}\p{M}\p{N}_.:/-]{1,500}$/u, 'expected a key: letters, digits, _ . : / -');
const annotationValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a text, a number or true or false',
});

const action: z.ZodType<AttributeAction> = z
  .strictObject({
    key: annotationKey.optional(),
    pattern: pattern('u').optional(),
    action: z.enum(['insert', 'update', 'upsert', 'delete', 'hash'], {
      error: 'expected insert, update, upsert, delete or hash',
    }),
    value: annotationValue.optional(),
  })
  .transform((config, context): AttributeAction => {
    const { key, pattern: keys, value } = config;
    const refuse = (path: string, message: string): never => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    if (config.action === 'delete' || config.action === 'hash') {
      if (value !== undefined) return refuse('value', `${config.action} takes no value`);
      if ((key === undefined) === (keys === undefined)) return refuse('key', 'expected one of key and pattern');
      return { action: config.action, matches: (name) => name === key || keys?.test(name) === true };
    }
    if (keys !== undefined) return refuse('pattern', `${config.action} takes no pattern`);
    if (key === undefined) return refuse('key', 'expected a key');
    if (value === undefined) return refuse('value', `${config.action} needs a value`);
    return { action: config.action, key, value };
  });

const attributes: z.ZodType<BuildProcessor> = z
  .strictObject({ actions: z.array(action, { error: 'expected a list of actions' }).min(1).max(ACTIONS_MAX) })
  .transform(
    ({ actions }): BuildProcessor =>
      (next) =>
        createMapping(next, (document) => changeAttributes(document, actions)),
  );

const redaction: z.ZodType<BuildProcessor> = z
  .strictObject({
    allow_all_keys: z.boolean({ error: 'expected true or false' }).default(false),
    allowed_keys: z.array(text).max(ACTIONS_MAX).default([]),
    blocked_key_patterns: z.array(pattern('u')).max(ACTIONS_MAX).default([]),
    blocked_values: z.array(pattern('gu')).max(ACTIONS_MAX).default([]),
  })
  .transform((config): BuildProcessor => {
    const options = {
      blockedValues: config.blocked_values,
      blockedKeys: config.blocked_key_patterns,
      allowedKeys: config.allow_all_keys ? null : new Set(config.allowed_keys),
    };
    return (next) => createMapping(next, (document) => redact(document, options));
  });

const probabilisticSampler: z.ZodType<BuildProcessor> = z
  .strictObject({ sampling_percentage: percentage, hash_seed: integer(0, 2 ** 32 - 1).default(0) })
  .transform(
    (config): BuildProcessor =>
      (next, { events }) =>
        createProbabilisticSampler(
          next,
          { percentage: config.sampling_percentage, hashSeed: config.hash_seed },
          events,
        ),
  );

const PROCESSORS: ReadonlyMap<string, z.ZodType<BuildProcessor>> = new Map([
  ['batch', orEmpty(batch)],
  ['memory_limiter', memoryLimiter],
  ['traceid', orEmpty(traceId)],
  ['istio', orEmpty(istio)],
  ['attributes', attributes],
  ['redaction', redaction],
  ['probabilistic_sampler', probabilisticSampler],
  ['tail_sampling', tailSampling],
]);

export function processorKinds(environment: CollectorEnvironment): ReadonlyMap<string, z.ZodType<BuildProcessor>> {
  return new Map([...PROCESSORS, ['xray_sampler', orEmpty(xraySampler(environment))]]);
}
