/**
 * What the console's settings ask beside X-Ray's own operations. Answers are not to be cached.
 *
 *   GET /api/session               → SessionAnswer     needs what reading needs
 *   GET /api/sampling              → SamplingAnswer    the same
 *   GET /api/encryption            → EncryptionAnswer  the same
 *   GET /api/trust                 → TrustAnswer       the same
 *   GET /api/keys                  → KeysAnswer        needs admin, as all below
 *   POST /api/keys                 NewKeyInput → NewKey
 *   DELETE /api/keys/<id>          → {}
 *
 * Times are float seconds since 1970; counts are since this process started unless they say otherwise.
 */
export interface SessionAnswer {
  /** Null while no key is asked for. */
  readonly keyId: string | null;
  readonly scopes: readonly KeyScope[];
}

export const KEY_SCOPES = ['ingest', 'read', 'operator', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export interface KeysAnswer {
  /** As they were made. */
  readonly keys: readonly ListedKey[];
  /** A first key was made: requests need one, even when none is left. */
  readonly isMade: boolean;
  /** When last uses began to be noted. */
  readonly usesSince: number;
}

export interface ListedKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly createdAt: number;
  /** By this process; null: not since `usesSince`. */
  readonly usedAt: number | null;
}

export interface NewKeyInput {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
}

export interface NewKey extends NewKeyInput {
  readonly id: string;
  /** Shown here and never again. */
  readonly secret: string;
}

export interface SamplingAnswer {
  readonly time: number;
  /** Of the statistics: [startTime, time), in windows of `stepSeconds`. */
  readonly startTime: number;
  readonly stepSeconds: number;
  /** In the order in which they are tried. */
  readonly rules: readonly RuleActivity[];
  /** Requests that began the newest traces, most frequent first, at most `SAMPLED_REQUESTS_MAX`. */
  readonly requests: readonly RecentRequest[];
  readonly looked: RecentLook;
}

/** What clients reported of one rule in the statistics' time. SDKs differ in whether `sampled` has the borrowed ones in it. */
export interface RuleActivity {
  readonly name: string;
  readonly requestCount: number;
  readonly sampledCount: number;
  readonly borrowedCount: number;
  /** Requests in each window. */
  readonly trend: readonly number[];
  /** Clients that reported in the last 30 seconds, and what of the reservoir they hold together, a second. */
  readonly clientCount: number;
  readonly reservoirQuota: number;
}

export interface RecentRequest {
  readonly serviceName: string;
  readonly serviceType?: string;
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  readonly count: number;
  /** The first rule that it matches now. */
  readonly rule: string | null;
}

/** How far one answer looked: newest traces first. */
export interface RecentLook {
  readonly startTime: number;
  readonly endTime: number;
  readonly traceCount: number;
  /** All of the time was looked at. */
  readonly complete: boolean;
  /** Traces that are in no line of the answer, for what they hold or since there were too many lines. */
  readonly othersCount: number;
}

export interface EncryptionAnswer {
  readonly type: 'NONE' | 'KMS';
  readonly status: 'UPDATING' | 'ACTIVE';
  /** As it was chosen; null with NONE. */
  readonly keyId: string | null;
  /** The server was started with a file of keys. */
  readonly hasKeyFile: boolean;
  /** Those of the file in its order, then those that have encrypted something and are not in it. */
  readonly keys: readonly EncryptionKeyState[];
}

export interface EncryptionKeyState {
  readonly id: string;
  /** 8 hex digits: tells keys of one id apart. */
  readonly fingerprint: string;
  readonly isInFile: boolean;
  /** What is new is encrypted with it. */
  readonly isActive: boolean;
  /** When it last encrypted; null: never, or it does now. */
  readonly usedUntil: number | null;
  /** It has encrypted something. */
  readonly isUsed: boolean;
}

export interface TrustAnswer {
  /** Counts begin here. */
  readonly startTime: number;
  readonly documents: DocumentBalance;
  /** Those that something came through. */
  readonly channels: readonly ChannelCounts[];
  readonly losses: readonly LossCount[];
  readonly datagrams: { readonly received: number; readonly kernelDropped: number };
  /** Let go of by retention, which is no loss. */
  readonly expiredCount: number;
  /** Most documents first; null comes last. With `unknown` they add up to what was received, refused and dropped. */
  readonly services: readonly ServiceTrust[];
  readonly unknown: readonly UnknownDocuments[];
  readonly orphans: RecentLook;
  readonly lateSeconds: number;
  readonly journal: JournalState;
  readonly store: StoreState;
  readonly limits: readonly LimitValue[];
}

/** received + backlogAtStart = stored + duplicate + refused + dropped + waiting + backlog. */
export interface DocumentBalance {
  readonly received: number;
  readonly backlogAtStart: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly refused: number;
  readonly dropped: number;
  readonly waiting: number;
  readonly backlog: number;
}

export interface ChannelCounts {
  readonly channel: string;
  readonly received: number;
  readonly bytes: number;
  readonly refused: number;
  readonly dropped: number;
}

export interface LossCount {
  /** `refused`: its sender was told, or could have been; `dropped`: taken and then lost; `calls`: told to come back, unread; the others never became documents. */
  readonly kind: 'refused' | 'dropped' | 'calls' | 'spans' | 'datagrams';
  readonly channel: string;
  readonly reason: string;
  readonly count: number;
}

/** Of a service or, as far as nobody knows whose they are, of a channel. */
export interface DocumentLosses {
  readonly receivedCount: number;
  readonly refusedCount: number;
  readonly droppedCount: number;
}

/** Documents that could not be read, or were lost in the journal: those count as received where they were. */
export interface UnknownDocuments extends DocumentLosses {
  readonly channel: string;
}

export interface ServiceTrust extends DocumentLosses {
  /** Null: subsegments sent on their own, which name no service, and services beyond `TRUSTED_SERVICES_MAX`. */
  readonly name: string | null;
  /** Arrived more than `lateSeconds` after they ended, of those that were not refused. */
  readonly lateCount: number;
  /** Among recent traces (`orphans`): segments, and those whose parent has not arrived. */
  readonly recentCount: number;
  readonly orphanCount: number;
}

export interface JournalState {
  readonly kind: 'file' | 'kafka';
  readonly sizeBytes: number;
  readonly sizeBytesMax: number;
  readonly fileCount: number;
  readonly isFailing: boolean;
  /** Found at the start. */
  readonly damagedCount: number;
  /** Of a Kafka topic. */
  readonly lags: readonly { readonly partition: number; readonly isOurs: boolean; readonly lagCount: number }[];
}

export interface StoreState {
  readonly kind: 'embedded' | 'clickhouse';
  readonly state: 'ok' | 'stuck' | 'unreadable';
  /** Documents wait since the store does not take them. */
  readonly isFailing: boolean;
  readonly traceCount: number;
  readonly documentCount: number;
  readonly sizeBytes: number;
  readonly retainedFrom: number | null;
  readonly retentionSeconds: number;
  readonly retentionBytes: number | null;
  /** Oldest first; by the day of UTC on which the newest document of each part of the store arrived. */
  readonly days: readonly { readonly start: number; readonly documentCount: number; readonly sizeBytes: number }[];
}

export interface LimitValue {
  /** The setting's flag, without dashes. */
  readonly setting: string;
  /** Null: no limit. */
  readonly value: number | null;
  readonly unit: 'bytes' | 'seconds' | 'count';
}

export const SAMPLED_REQUESTS_MAX = 200;
export const TRUSTED_SERVICES_MAX = 500;
/** Of an access key's name. */
export const KEY_NAME_CHARS_MAX = 100;
