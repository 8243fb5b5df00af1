import { createXrayCall, createXraySampler, openXrayRules } from '@fluoroscope/pipeline';
import { z } from 'zod';
import { duration, integer } from '../config/kinds.ts';
import type { BuildProcessor, CollectorEnvironment } from './component.ts';
import { endpointOf, openXrayEndpoint, XRAY_ENDPOINT } from './xray-endpoint.ts';

const MIB = 1024 * 1024;
const COUNT_MAX = 10_000_000;
const POLLING_MS_MIN = 1_000;

export function xraySampler(environment: CollectorEnvironment): z.ZodType<BuildProcessor> {
  return z
    .strictObject({
      ...XRAY_ENDPOINT,
      timeout: duration.default(5_000),
      polling_interval: duration.refine((ms) => ms >= POLLING_MS_MIN, 'expected 1s or more').default(300_000),
      decision_wait: duration.default(5_000),
      num_traces: integer(1, COUNT_MAX).default(50_000),
      limit_mib: integer(1, COUNT_MAX).default(128),
      decision_cache: z
        .strictObject({
          sampled_cache_size: integer(0, COUNT_MAX).default(100_000),
          non_sampled_cache_size: integer(0, COUNT_MAX).default(100_000),
        })
        .prefault({}),
    })
    .transform((config, context): BuildProcessor => {
      const endpoint = endpointOf(config, environment, context);
      if (endpoint === null) return z.NEVER;
      return async (next, { events, traceDecided, overflowed, troubled }) => {
        const parts = { nowMs: Date.now, troubled };
        const { poster, options } = await openXrayEndpoint(endpoint, config, environment, parts);
        const rules = openXrayRules({
          call: createXrayCall(options),
          timeoutMs: config.timeout,
          rulesEveryMs: config.polling_interval,
          nowMs: Date.now,
          troubled: (error) => troubled('sampling rules', error),
        });
        const bounds = {
          decisionWaitMs: config.decision_wait,
          tracesMax: config.num_traces,
          bytesMax: config.limit_mib * MIB,
          sampledMax: config.decision_cache.sampled_cache_size,
          notSampledMax: config.decision_cache.non_sampled_cache_size,
        };
        const sampler = createXraySampler(
          next,
          { ...bounds, rules },
          { ...events, decided: traceDecided, decidedEarly: () => overflowed('decided-early') },
        );
        return {
          consume: sampler.consume,
          async [Symbol.asyncDispose]() {
            await sampler[Symbol.asyncDispose]();
            poster[Symbol.dispose]();
          },
        };
      };
    });
}
