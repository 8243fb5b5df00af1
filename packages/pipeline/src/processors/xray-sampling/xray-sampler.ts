import type { SampledRequest } from '@fluoroscope/api';
import type { SegmentDocument, TraceDocument } from '@fluoroscope/model';
import type { Consumer, Stage } from '../../stage.ts';
import { createGathering, type GatheringEvents, type GatheringOptions } from '../tail-sampling/gathering.ts';
import type { XrayRules } from './xray-rules.ts';

export interface XraySamplerOptions extends GatheringOptions {
  /** Disposed with the sampler. */
  readonly rules: XrayRules;
}

/**
 * Keeps the traces that X-Ray's rules sample. Each trace is decided on when its first segment without a parent comes, or after
 * `decisionWaitMs` by what began first; until then its documents wait, and later ones follow. `decided` is told the rule.
 */
export function createXraySampler(
  next: Consumer,
  { rules, ...options }: XraySamplerOptions,
  events: GatheringEvents,
  nowMs: () => number = () => performance.now(),
): Stage {
  const isRoot = ({ parent_id }: TraceDocument): boolean => parent_id === undefined;
  const gathering = createGathering(
    next,
    {
      isEnough: ({ document }) => isRoot(document),
      decide({ id, parcels }) {
        const documents = parcels.map(({ document }) => document);
        const [first] = documents.toSorted((a, b) => a.start_time - b.start_time);
        const root = documents.find(isRoot) ?? first;
        return rules.decide(id, root === undefined ? {} : requestOf(root));
      },
    },
    options,
    events,
    nowMs,
  );
  return {
    consume: gathering.consume,
    async [Symbol.asyncDispose]() {
      await gathering[Symbol.asyncDispose]();
      await rules[Symbol.asyncDispose]();
    },
  };
}

/** What rules look at. */
export function requestOf(document: TraceDocument): SampledRequest {
  const { name, http, annotations } = document;
  const { origin, resource_arn: resourceArn }: Partial<SegmentDocument> =
    document.type === 'subsegment' ? {} : document;
  const { method, url } = http?.request ?? {};
  const texts = Object.entries(annotations ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    serviceName: name,
    ...(origin !== undefined && { serviceType: origin }),
    ...(resourceArn !== undefined && { resourceArn }),
    ...(method !== undefined && { method }),
    ...(url !== undefined && placeOf(url)),
    attributes: Object.fromEntries(texts),
  };
}

/** Of a whole URL, or of a path alone. */
function placeOf(url: string): Pick<SampledRequest, 'host' | 'path'> {
  if (!URL.canParse(url)) return url.startsWith('/') ? { path: url.split(/[?#]/, 1)[0] ?? url } : {};
  const { host, pathname } = new URL(url);
  return { ...(host !== '' && { host }), path: pathname };
}
