import type { StoreErrorCode } from '@fluoroscope/store';
import type { StoreReader } from './storage.ts';
import type { WrittenBatch } from './write-batch.ts';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly storeFile: string;
  readonly journalDir: string;
  readonly storeMemoryBytes: number;
  readonly storeThreads: number;
  readonly cachedEntitiesMax: number;
}

export type ToWorker =
  | { readonly kind: 'follow' }
  | { readonly kind: 'committed'; readonly sequence: number }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: keyof StoreReader;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'open'; readonly writtenSequence: number }
  | { readonly kind: 'refused'; readonly code: StoreErrorCode; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: StoreErrorCode; readonly message: string }
  | { readonly kind: 'written'; readonly batch: WrittenBatch }
  | { readonly kind: 'failing'; readonly message: string }
  | { readonly kind: 'damaged'; readonly detail: string; readonly lostCount: number }
  | { readonly kind: 'closed' };
