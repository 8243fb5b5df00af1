import { createTailSampling, type PolicyOptions } from '@fluoroscope/pipeline';
import { z } from 'zod';
import { duration, integer, pattern, percentage, text } from '../config/kinds.ts';
import type { BuildProcessor } from './component.ts';

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
const POLICIES_MAX = 100;
const VALUES_MAX = 10_000;

const flag = z.boolean({ error: 'expected true or false' });
const number = z.number({ error: 'expected a number' });

/** The options of each type stand under a key with the type's name. */
const SETTINGS = {
  latency: z
    .strictObject({
      threshold_ms: number.min(0),
      upper_threshold_ms: number.min(0).default(0),
    })
    .transform((config): PolicyOptions => ({
      type: 'latency',
      thresholdMs: config.threshold_ms,
      upperMs: config.upper_threshold_ms,
    })),
  status_code: z
    .strictObject({
      status_codes: z.array(z.enum(['ERROR', 'OK', 'UNSET'], { error: 'expected ERROR, OK or UNSET' })).min(1),
    })
    .transform((config): PolicyOptions => ({ type: 'status_code', codes: config.status_codes })),
  probabilistic: z
    .strictObject({ sampling_percentage: percentage, hash_salt: z.string().default('') })
    .transform((config): PolicyOptions => ({
      type: 'probabilistic',
      percentage: config.sampling_percentage,
      hashSalt: config.hash_salt,
    })),
  string_attribute: z
    .strictObject({
      key: text,
      values: z.array(z.string()).min(1).max(VALUES_MAX),
      enabled_regex_matching: flag.default(false),
      invert_match: flag.default(false),
    })
    .transform((config, context): PolicyOptions => {
      const { key, values, invert_match: invert } = config;
      const exact = new Set(values);
      if (!config.enabled_regex_matching) {
        return { type: 'string_attribute', key, invert, matches: (value) => exact.has(value) };
      }
      const patterns = z.array(pattern('u')).safeParse(values);
      if (!patterns.success) {
        context.addIssue({ code: 'custom', path: ['values'], message: 'expected regular expressions' });
        return z.NEVER;
      }
      return {
        type: 'string_attribute',
        key,
        invert,
        matches: (value) => patterns.data.some((one) => one.test(value)),
      };
    }),
  numeric_attribute: z
    .strictObject({
      key: text,
      min_value: number.default(Number.NEGATIVE_INFINITY),
      max_value: number.default(Number.POSITIVE_INFINITY),
    })
    .transform((config): PolicyOptions => ({
      type: 'numeric_attribute',
      key: config.key,
      min: config.min_value,
      max: config.max_value,
    })),
  boolean_attribute: z
    .strictObject({ key: text, value: flag })
    .transform((config): PolicyOptions => ({ type: 'boolean_attribute', ...config })),
  rate_limiting: z
    .strictObject({ spans_per_second: integer(1, COUNT_MAX) })
    .transform((config): PolicyOptions => ({ type: 'rate_limiting', documentsPerSecond: config.spans_per_second })),
} satisfies Record<string, z.ZodType<PolicyOptions>>;

const NAMES = [...Object.keys(SETTINGS), 'always_sample', 'and'];
const TYPE_EXPECTED = `expected one of ${NAMES.join(', ')}`;

interface NamedPolicy {
  readonly name: string;
  readonly options: PolicyOptions;
}

/** One policy; `mayNest` lets it be `and`, whose sub-policies may not. */
function policy(mayNest: boolean): z.ZodType<NamedPolicy> {
  const raw = z.looseObject({ name: text, type: z.string({ error: TYPE_EXPECTED }) });
  return raw.transform((config, context): NamedPolicy => {
    const { name, type, ...rest } = config;
    const schema = schemaOf(type, mayNest);
    if (schema === null) {
      context.addIssue({ code: 'custom', path: ['type'], message: TYPE_EXPECTED });
      return z.NEVER;
    }
    for (const key of Object.keys(rest)) {
      if (key !== type) context.addIssue({ code: 'unrecognized_keys', keys: [key], input: config, message: '' });
    }
    const parsed = schema.safeParse(rest[type] ?? {});
    if (parsed.success) return { name, options: parsed.data };
    for (const issue of parsed.error.issues) {
      const path = [type, ...issue.path];
      if (issue.code === 'unrecognized_keys') {
        context.addIssue({ code: 'unrecognized_keys', keys: issue.keys, input: config, path, message: '' });
      } else context.addIssue({ code: 'custom', path, message: issue.message });
    }
    return z.NEVER;
  });
}

function schemaOf(type: string, mayNest: boolean): z.ZodType<PolicyOptions> | null {
  if (type === 'always_sample') return z.strictObject({}).transform((): PolicyOptions => ({ type: 'always_sample' }));
  if (type === 'and' && mayNest) {
    return z
      .strictObject({ and_sub_policy: z.array(policy(false)).min(1).max(POLICIES_MAX) })
      .transform((config): PolicyOptions => ({
        type: 'and',
        policies: config.and_sub_policy.map(({ options }) => options),
      }));
  }
  const known: Readonly<Record<string, z.ZodType<PolicyOptions>>> = SETTINGS;
  return Object.hasOwn(known, type) ? (known[type] ?? null) : null;
}

export const tailSampling: z.ZodType<BuildProcessor> = z
  .strictObject({
    decision_wait: duration.default(30_000),
    num_traces: integer(1, COUNT_MAX).default(50_000),
    limit_mib: integer(1, COUNT_MAX).default(128),
    expected_new_traces_per_sec: integer(0, COUNT_MAX).optional(),
    decision_cache: z
      .strictObject({
        sampled_cache_size: integer(0, COUNT_MAX).default(100_000),
        non_sampled_cache_size: integer(0, COUNT_MAX).default(100_000),
      })
      .prefault({}),
    policies: z.array(policy(true), { error: 'expected a list of policies' }).min(1).max(POLICIES_MAX),
  })
  .transform((config): BuildProcessor => (next, { events, traceDecided, overflowed }) => {
    const options = {
      decisionWaitMs: config.decision_wait,
      tracesMax: config.num_traces,
      bytesMax: config.limit_mib * MIB,
      sampledMax: config.decision_cache.sampled_cache_size,
      notSampledMax: config.decision_cache.non_sampled_cache_size,
      policies: config.policies,
    };
    return createTailSampling(next, options, {
      ...events,
      decided: traceDecided,
      decidedEarly: () => overflowed('decided-early'),
    });
  });
