import type { TraceId } from '@fluoroscope/model';
import type { StoredDocument } from '@fluoroscope/store';

export interface KeptDocumentsOptions {
  readonly read: (id: TraceId) => Promise<readonly StoredDocument[]>;
  readonly keptMs: number;
}

/** A first page reads anew; those after it go on with what it saw, if that is still there. */
export type ReadKeptDocuments = (id: TraceId, isFirstPage: boolean) => Promise<readonly StoredDocument[]>;

/**
 * Remembers the documents of the trace that was read last, for as long as its pages keep coming: a store gives all documents of a
 * trace at once, and a page needs some of them. Called one after another.
 */
export function createKeptDocuments({ read, keptMs }: KeptDocumentsOptions): ReadKeptDocuments {
  let kept: { readonly id: TraceId; readonly documents: readonly StoredDocument[] } | null = null;
  let timer: NodeJS.Timeout | undefined;

  function letGo(): void {
    kept = null;
  }

  return async (id, isFirstPage) => {
    clearTimeout(timer);
    if (isFirstPage || kept?.id !== id) {
      letGo();
      kept = { id, documents: await read(id) };
    }
    timer = setTimeout(letGo, keptMs).unref();
    return kept.documents;
  };
}
