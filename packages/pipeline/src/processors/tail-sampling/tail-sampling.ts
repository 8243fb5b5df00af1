import type { Consumer, Stage } from '../../stage.ts';
import { createGathering, type GatheringEvents, type GatheringOptions } from './gathering.ts';
import { createPolicy, type PolicyOptions } from './policy.ts';

export interface TailSamplingOptions extends GatheringOptions {
  /** A trace is kept when one of them wants it. */
  readonly policies: readonly { readonly name: string; readonly options: PolicyOptions }[];
  /** And one that these want is not, whatever the others say. */
  readonly drops?: readonly PolicyOptions[];
}

/** Keeps the traces that a policy wants. `decided` is told the first such policy, or null. */
export function createTailSampling(
  next: Consumer,
  options: TailSamplingOptions,
  events: GatheringEvents,
  nowMs: () => number = () => performance.now(),
): Stage {
  const policies = options.policies.map(({ name, options: policy }) => ({ name, wants: createPolicy(policy, nowMs) }));
  const drops = (options.drops ?? []).map((policy) => createPolicy(policy, nowMs));
  const decider = {
    isEnough: () => false,
    decide(trace: Parameters<(typeof policies)[number]['wants']>[0]) {
      if (drops.some((wants) => wants(trace))) return { isSampled: false, by: null };
      const by = policies.find(({ wants }) => wants(trace))?.name ?? null;
      return { isSampled: by !== null, by };
    },
  };
  return createGathering(next, decider, options, events, nowMs);
}
