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
      // Results are not remembered.
      cache_max_size: integer(0, COUNT_MAX).optional(),
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
        for (const { path, message } of patterns.error.issues) {
          context.addIssue({ code: 'custom', path: ['values', ...path], message });
        }
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
      invert_match: flag.default(false),
    })
    .refine(({ min_value: min, max_value: max }) => Number.isFinite(min) || Number.isFinite(max), {
      path: ['min_value'],
      message: 'expected min_value, max_value or both',
    })
    .transform((config): PolicyOptions => ({
      type: 'numeric_attribute',
      key: config.key,
      min: config.min_value,
      max: config.max_value,
      invert: config.invert_match,
    })),
  boolean_attribute: z
    .strictObject({ key: text, value: flag, invert_match: flag.default(false) })
    .transform(({ invert_match: invert, ...config }): PolicyOptions => ({
      type: 'boolean_attribute',
      invert,
      ...config,
    })),
  span_count: z
    .strictObject({ min_spans: integer(0, COUNT_MAX).default(0), max_spans: integer(0, COUNT_MAX).default(0) })
    .transform((config): PolicyOptions => ({ type: 'span_count', min: config.min_spans, max: config.max_spans })),
  rate_limiting: z
    .strictObject({ spans_per_second: integer(1, COUNT_MAX) })
    .transform((config): PolicyOptions => ({ type: 'rate_limiting', documentsPerSecond: config.spans_per_second })),
} satisfies Record<string, z.ZodType<PolicyOptions>>;

/** Which may stand where: `and`, `not` and `drop` hold others, `drop` only at the top. */
const LEAVES = [...Object.keys(SETTINGS), 'always_sample'];
const INNER = [...LEAVES, 'not'];
const OUTER = [...INNER, 'and', 'drop'];

interface NamedPolicy {
  readonly name: string;
  readonly options: PolicyOptions;
  /** What it wants is not kept. */
  readonly isDrop: boolean;
}

/** One policy of these types. */
function policy(types: readonly string[]): z.ZodType<NamedPolicy> {
  const expected = `expected one of ${types.join(', ')}`;
  const raw = z.looseObject({ name: text, type: z.string({ error: expected }) });
  return raw.transform((config, context): NamedPolicy => {
    const { name, type, ...rest } = config;
    const schema = types.includes(type) ? schemaOf(type) : null;
    if (schema === null) {
      context.addIssue({ code: 'custom', path: ['type'], message: expected });
      return z.NEVER;
    }
    for (const key of Object.keys(rest)) {
      if (key !== type) context.addIssue({ code: 'unrecognized_keys', keys: [key], input: config, message: '' });
    }
    const parsed = schema.safeParse(rest[type] ?? {});
    if (parsed.success) return { name, options: parsed.data, isDrop: type === 'drop' };
    for (const issue of parsed.error.issues) {
      const path = [type, ...issue.path];
      if (issue.code === 'unrecognized_keys') {
        context.addIssue({ code: 'unrecognized_keys', keys: issue.keys, input: config, path, message: '' });
      } else context.addIssue({ code: 'custom', path, message: issue.message });
    }
    return z.NEVER;
  });
}

function schemaOf(type: string): z.ZodType<PolicyOptions> | null {
  switch (type) {
    case 'always_sample':
      return z.strictObject({}).transform((): PolicyOptions => ({ type: 'always_sample' }));
    case 'not':
      return z
        .strictObject({ not_sub_policy: policy(LEAVES) })
        .transform((config): PolicyOptions => ({ type: 'not', policy: config.not_sub_policy.options }));
    case 'and':
      return z.strictObject({ and_sub_policy: allOf }).transform((config) => config.and_sub_policy);
    case 'drop':
      return z.strictObject({ drop_sub_policy: allOf }).transform((config) => config.drop_sub_policy);
    default: {
      const known: Readonly<Record<string, z.ZodType<PolicyOptions>>> = SETTINGS;
      return Object.hasOwn(known, type) ? (known[type] ?? null) : null;
    }
  }
}

const allOf: z.ZodType<PolicyOptions> = z
  .array(policy(INNER), { error: 'expected a list of policies' })
  .min(1)
  .max(POLICIES_MAX)
  .transform((policies): PolicyOptions => ({ type: 'and', policies: policies.map(({ options }) => options) }));

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
    sample_on_first_match: z
      .literal(true, { error: 'expected true: the first policy that wants a trace decides' })
      .default(true),
    policies: z.array(policy(OUTER), { error: 'expected a list of policies' }).min(1).max(POLICIES_MAX),
  })
  .transform((config): BuildProcessor => (next, { events, traceDecided, overflowed }) => {
    const options = {
      decisionWaitMs: config.decision_wait,
      tracesMax: config.num_traces,
      bytesMax: config.limit_mib * MIB,
      sampledMax: config.decision_cache.sampled_cache_size,
      notSampledMax: config.decision_cache.non_sampled_cache_size,
      policies: config.policies.filter(({ isDrop }) => !isDrop),
      drops: config.policies.filter(({ isDrop }) => isDrop).map(({ options: dropped }) => dropped),
    };
    return createTailSampling(next, options, {
      ...events,
      decided: traceDecided,
      decidedEarly: () => overflowed('decided-early'),
    });
  });
