import { z } from 'zod';
import { RULE_ARN_CHARS_MAX, NAME_CHARS_MAX } from '../limits.ts';
import type { SamplingRateBoost, SamplingRule, SamplingRuleUpdate } from '../sampling-shapes.ts';
import { count, integer, optional, real, text, textMap } from './schema.ts';

const attributes: z.ZodType<Readonly<Record<string, string>>> = textMap(5, text(32, 1), text(32, 1));

const samplingRateBoost: z.ZodType<SamplingRateBoost> = z.object({ MaxRate: real(0, 1), CooldownWindowMinutes: count });

// X-Ray's own limits. What a rule must fulfil beside them is the server's to say.
const members = {
  RuleName: optional(text(NAME_CHARS_MAX, 1)),
  RuleARN: optional(text(RULE_ARN_CHARS_MAX)),
  ResourceARN: text(500),
  ServiceName: text(64),
  ServiceType: text(64),
  Host: text(64),
  HTTPMethod: text(10),
  URLPath: text(128),
  Attributes: optional(attributes),
  SamplingRateBoost: optional(samplingRateBoost),
} as const;

export const samplingRule: z.ZodType<SamplingRule> = z.object({
  ...members,
  Priority: integer(1, 9_999),
  FixedRate: real(0, 1),
  ReservoirSize: count,
  Version: integer(1, Number.MAX_SAFE_INTEGER),
});

/** The model gives numbers no limits here; those of a rule are checked once it is known which rule. */
export const samplingRuleUpdate: z.ZodType<SamplingRuleUpdate> = z.object({
  ...members,
  ResourceARN: optional(members.ResourceARN),
  Priority: optional(z.int()),
  FixedRate: optional(z.number()),
  ReservoirSize: optional(z.int()),
  ServiceName: optional(members.ServiceName),
  ServiceType: optional(members.ServiceType),
  Host: optional(members.Host),
  HTTPMethod: optional(members.HTTPMethod),
  URLPath: optional(members.URLPath),
});
