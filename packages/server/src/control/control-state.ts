import type { TraceSegmentDestination } from '@fluoroscope/api';
import { z } from 'zod';

/** All that is kept, as one value that is replaced and never changed. Times are seconds since 1970. */
export interface ControlState {
  /** The Default group first. */
  readonly groups: readonly KeptGroup[];
  /** In the order in which they were made; the Default rule is not among them. */
  readonly rules: readonly KeptRule[];
  readonly defaultRule: KeptDefaultRule;
  /** When a rule was last made, changed or deleted; 0 when none was. */
  readonly rulesModifiedAt: number;
  readonly policies: readonly KeptPolicy[];
  readonly destination: TraceSegmentDestination;
  readonly indexing: KeptIndexing;
  readonly encryption: KeptEncryption;
  /** Oldest first. */
  readonly retrievals: readonly KeptRetrieval[];
}

/** Values by key, in no order. */
export type KeptTags = Readonly<Record<string, string>>;

export interface KeptGroup {
  readonly name: string;
  /** Null for the Default group. */
  readonly id: string | null;
  /** Null for all traces. */
  readonly expression: string | null;
  readonly insights: boolean;
  readonly notifications: boolean;
  readonly tags: KeptTags;
}

export interface KeptRule {
  readonly name: string;
  readonly resourceArn: string;
  readonly priority: number;
  readonly fixedRate: number;
  readonly reservoirSize: number;
  readonly serviceName: string;
  readonly serviceType: string;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly boost: { readonly maxRate: number; readonly cooldownMinutes: number } | null;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly tags: KeptTags;
}

/** Null where the settings of the server hold. */
export interface KeptDefaultRule {
  readonly fixedRate: number | null;
  readonly reservoirSize: number | null;
  /** 0 when it never was. */
  readonly modifiedAt: number;
  readonly tags: KeptTags;
}

export interface KeptPolicy {
  readonly name: string;
  readonly document: string;
  readonly revisionId: string;
  readonly updatedAt: number;
}

export interface KeptIndexing {
  readonly desiredPercentage: number;
  readonly modifiedAt: number;
}

export interface KeptEncryption {
  /** As it was given; null for type NONE. */
  readonly keyId: string | null;
  /** Oldest first: what is stored, and waits in the journal, may need them. */
  readonly usedKeys: readonly KeptUsedKey[];
}

export interface KeptUsedKey {
  readonly id: string;
  readonly fingerprint: string;
  /** When it last encrypted something; null while it does. */
  readonly until: number | null;
}

export interface KeptRetrieval {
  readonly token: string;
  readonly traceIds: readonly string[];
  /** µs; both are in the range. */
  readonly startUs: number;
  readonly endUs: number;
  readonly createdAt: number;
  readonly cancelled: boolean;
}

export const DEFAULT_GROUP_NAME = 'Default';

/** Of a new data folder. */
export const FIRST_STATE: ControlState = {
  groups: [{ name: DEFAULT_GROUP_NAME, id: null, expression: null, insights: false, notifications: false, tags: {} }],
  rules: [],
  defaultRule: { fixedRate: null, reservoirSize: null, modifiedAt: 0, tags: {} },
  rulesModifiedAt: 0,
  policies: [],
  destination: 'XRay',
  indexing: { desiredPercentage: 100, modifiedAt: 0 },
  encryption: { keyId: null, usedKeys: [] },
  retrievals: [],
};

/** Null for what is no state. */
export function readControlState(value: unknown): ControlState | null {
  return controlState.safeParse(value).data ?? null;
}

const seconds = z.number().min(0);
const share = z.number().min(0).max(1);
const text = z.string();
const name = z.string().min(1);
/** As it is: names such as __proto__ stay names. */
const texts = z.custom<Readonly<Record<string, string>>>(isTexts);

const group = z.strictObject({
  name,
  id: name.nullable(),
  expression: name.nullable(),
  insights: z.boolean(),
  notifications: z.boolean(),
  tags: texts,
});

const rule = z.strictObject({
  name,
  resourceArn: text,
  priority: z.int().min(1),
  fixedRate: share,
  reservoirSize: z.int().min(0),
  serviceName: text,
  serviceType: text,
  host: text,
  httpMethod: text,
  urlPath: text,
  attributes: texts,
  boost: z.strictObject({ maxRate: share, cooldownMinutes: z.int().min(0) }).nullable(),
  createdAt: seconds,
  modifiedAt: seconds,
  tags: texts,
});

const retrieval = z.strictObject({
  token: name,
  traceIds: z.array(text),
  startUs: z.number(),
  endUs: z.number(),
  createdAt: seconds,
  cancelled: z.boolean(),
});

const encryption = z.strictObject({
  keyId: name.nullable(),
  usedKeys: z.array(z.strictObject({ id: name, fingerprint: name, until: seconds.nullable() })),
});

const controlState: z.ZodType<ControlState> = z.strictObject({
  groups: z.array(group).refine(([first]) => first?.name === DEFAULT_GROUP_NAME),
  rules: z.array(rule),
  defaultRule: z.strictObject({
    fixedRate: share.nullable(),
    reservoirSize: z.int().min(0).nullable(),
    modifiedAt: seconds,
    tags: texts,
  }),
  rulesModifiedAt: seconds,
  policies: z.array(z.strictObject({ name, document: text, revisionId: name, updatedAt: seconds })),
  destination: z.enum(['XRay', 'CloudWatchLogs']),
  indexing: z.strictObject({ desiredPercentage: z.number().min(0).max(100), modifiedAt: seconds }),
  encryption: encryption.prefault(() => ({ keyId: null, usedKeys: [] })),
  retrievals: z.array(retrieval),
});

function isTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}
