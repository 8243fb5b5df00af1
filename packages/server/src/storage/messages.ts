import type { FeedLimits, KafkaAccess, LagReport } from '@fluoroscope/journal';
import type { RetentionReport, StoreErrorCode } from '@fluoroscope/store';
import type { VaultKeys } from '../encryption/vault.ts';
import type { StoreChoice } from './open-store.ts';
import type { StoreReader } from './storage.ts';
import type { WrittenBatch } from './write-batch.ts';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly store: StoreChoice;
  readonly journal: FollowedJournal;
  readonly batches: FeedLimits;
  readonly cachedEntitiesMax: number;
  readonly retentionUs: number;
  readonly retentionBytes: number | null;
}

export type FollowedJournal =
  /** Its records are numbered under `origin`: a store that others use too must tell them apart. */
  | { readonly kind: 'file'; readonly dir: string; readonly origin: string }
  /** Processes of one group share the topic. */
  | { readonly kind: 'kafka'; readonly access: KafkaAccess; readonly group: string };

export type ToWorker =
  | { readonly kind: 'follow' }
  | { readonly kind: 'committed'; readonly sequence: number }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: keyof StoreReader;
      readonly args: readonly unknown[];
    }
  /** Nobody waits for the answer to this call any more. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'keys'; readonly id: number; readonly keys: VaultKeys }
  /** What is written shall soon survive a crash: the journal is filling up. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'open'; readonly durableSequence: number; readonly nextSequence: number }
  | { readonly kind: 'refused'; readonly code: StoreErrorCode; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: StoreErrorCode; readonly message: string }
  | { readonly kind: 'written'; readonly batch: WrittenBatch }
  /** Everything up to `sequence` survives a crash in the store: the journal may let it go. */
  | { readonly kind: 'durable'; readonly sequence: number }
  | { readonly kind: 'failing'; readonly message: string }
  /** What failed does not fail now. */
  | { readonly kind: 'recovered' }
  | { readonly kind: 'lag'; readonly report: LagReport }
  /** Documents were let go of. */
  | { readonly kind: 'expired'; readonly report: RetentionReport }
  | { readonly kind: 'damaged'; readonly detail: string; readonly lostCount: number }
  | { readonly kind: 'closed' };
