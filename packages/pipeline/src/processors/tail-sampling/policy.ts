import { outcomeOf } from '@fluoroscope/model';
import { traceShare } from '../trace-hash.ts';
import { attributeOf, durationMsOf, entitiesOf, type GatheredTrace } from './trace-facts.ts';

export type PolicyOptions =
  | { readonly type: 'always_sample' }
  /** From this duration on, up to `upperMs` when it is not 0. */
  | { readonly type: 'latency'; readonly thresholdMs: number; readonly upperMs: number }
  | { readonly type: 'status_code'; readonly codes: readonly StatusCode[] }
  | { readonly type: 'probabilistic'; readonly percentage: number; readonly hashSalt: string }
  | {
      readonly type: 'string_attribute';
      readonly key: string;
      readonly matches: (value: string) => boolean;
      readonly invert: boolean;
    }
  | {
      readonly type: 'numeric_attribute';
      readonly key: string;
      readonly min: number;
      readonly max: number;
      readonly invert: boolean;
    }
  | { readonly type: 'boolean_attribute'; readonly key: string; readonly value: boolean; readonly invert: boolean }
  /** Both ends count; `max` 0 for no end. */
  | { readonly type: 'span_count'; readonly min: number; readonly max: number }
  | { readonly type: 'rate_limiting'; readonly documentsPerSecond: number }
  | { readonly type: 'and'; readonly policies: readonly PolicyOptions[] }
  | { readonly type: 'not'; readonly policy: PolicyOptions };

/** As OpenTelemetry has them; faults, errors and throttles are all `ERROR`. */
export type StatusCode = 'ERROR' | 'OK' | 'UNSET';

/** Whether a trace is to be kept. Those with a rate have a state: ask once for each trace. */
export type Policy = (trace: GatheredTrace) => boolean;

export function createPolicy(options: PolicyOptions, nowMs: () => number): Policy {
  switch (options.type) {
    case 'always_sample':
      return () => true;
    case 'latency': {
      const { thresholdMs, upperMs } = options;
      return (trace) => {
        const ms = durationMsOf(trace);
        return ms >= thresholdMs && (upperMs === 0 || ms <= upperMs);
      };
    }
    case 'status_code':
      return statusPolicy(options.codes);
    case 'probabilistic':
      return ({ id }) => traceShare(id, options.hashSalt) < options.percentage / 100;
    case 'string_attribute':
      return stringPolicy(options);
    case 'numeric_attribute': {
      const { key, min, max, invert } = options;
      return anyValue(key, (value) => typeof value === 'number' && value >= min && value <= max, invert);
    }
    case 'boolean_attribute':
      return anyValue(options.key, (value) => value === options.value, options.invert);
    case 'span_count': {
      const { min, max } = options;
      return (trace) => {
        let count = 0;
        for (const _entity of entitiesOf(trace)) count += 1;
        return count >= min && (max === 0 || count <= max);
      };
    }
    case 'rate_limiting':
      return ratePolicy(options.documentsPerSecond, nowMs);
    case 'and': {
      const policies = options.policies.map((policy) => createPolicy(policy, nowMs));
      return (trace) => policies.every((policy) => policy(trace));
    }
    case 'not': {
      const policy = createPolicy(options.policy, nowMs);
      return (trace) => !policy(trace);
    }
    default:
      return options satisfies never;
  }
}

function statusPolicy(codes: readonly StatusCode[]): Policy {
  const wanted = new Set(codes);
  return (trace) => {
    for (const entity of entitiesOf(trace)) {
      const outcome = outcomeOf(entity);
      const isError = outcome === 'error' || outcome === 'fault' || outcome === 'throttle';
      // A document does not tell a status that was set to OK from one that was not set.
      if (isError ? wanted.has('ERROR') : wanted.has('OK') || wanted.has('UNSET')) return true;
    }
    return false;
  };
}

function stringPolicy({ key, matches, invert }: Extract<PolicyOptions, { type: 'string_attribute' }>): Policy {
  return anyValue(key, (value) => typeof value === 'string' && matches(value), invert);
}

/** Inverted: no such value. */
function anyValue(key: string, wanted: (value: unknown) => boolean, invert: boolean): Policy {
  return (trace) => {
    for (const entity of entitiesOf(trace)) if (wanted(attributeOf(entity, key))) return !invert;
    return invert;
  };
}

/** So many documents in each second, of whole traces: the first trace of a second always fits. */
function ratePolicy(documentsPerSecond: number, nowMs: () => number): Policy {
  let second = Number.NEGATIVE_INFINITY;
  let used = 0;
  return ({ parcels }) => {
    const now = Math.floor(nowMs() / 1_000);
    if (now !== second) {
      second = now;
      used = 0;
    }
    if (used > 0 && used + parcels.length > documentsPerSecond) return false;
    used += parcels.length;
    return true;
  };
}
