import { changeRow, StoreError, type StoredDocument, type TraceStore } from '@fluoroscope/store';
import { isSealedText, openDocument, sealDocument } from './document-text.ts';
import { printKeyName } from './key-ring.ts';
import type { SealedProblem } from './opener.ts';
import { openCauses, sealCauses } from './row-causes.ts';
import type { Vault } from './vault.ts';

/**
 * A store whose documents are sealed on their way in, while the vault has a key to seal with, and opened on their way out.
 * Likewise the root causes of rows, which come back as unknown when they cannot be opened. Documents that are not sealed are given out as they are. Reading rejects with `sealed` when one of the documents asked for
 * cannot be opened.
 */
export function createSealingStore(store: TraceStore, vault: Vault): TraceStore {
  function open(document: StoredDocument): StoredDocument {
    const opened = openDocument(document, vault.opener);
    if (opened.ok) return opened.value;
    throw new StoreError('sealed', `trace ${document.traceId}: ${describeSealed(opened.problem)}`);
  }

  function openIfSealed(document: StoredDocument): StoredDocument {
    return isSealedText(document.text) ? open(document) : document;
  }

  return {
    capabilities: store.capabilities,
    async write(batch) {
      const { sealer } = vault;
      if (sealer === null) return store.write(batch);
      const documents = batch.documents.map((document) => sealDocument(document, sealer));
      const traces = batch.traces.map((changed) => changeRow(changed, (row) => sealCauses(row, sealer)));
      await store.write({ ...batch, documents, traces });
    },
    async readDocuments(ids, signal) {
      const stored = await store.readDocuments(ids, signal);
      if (!stored.some(({ text }) => isSealedText(text))) return stored;
      return stored.map(openIfSealed);
    },
    readDocumentPage: async (query) => (await store.readDocumentPage(query)).map(openIfSealed),
    readProgress: (origin) => store.readProgress(origin),
    flush: () => store.flush(),
    retain: (policy) => store.retain(policy),
    findTraceIds: (query, signal) => store.findTraceIds(query, signal),
    async findTraces(query, signal) {
      const page = await store.findTraces(query, signal);
      return { ...page, rows: page.rows.map((row) => openCauses(row, vault.opener)) };
    },
    readTraceRows: async (ids) => (await store.readTraceRows(ids)).map((row) => openCauses(row, vault.opener)),
    readGraph: (query) => store.readGraph(query),
    readGraphSeries: (query) => store.readGraphSeries(query),
    mayKnow: (id) => store.mayKnow(id),
    readStats: () => store.readStats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

export function describeSealed(problem: SealedProblem): string {
  if (problem.code === 'altered') return 'what is stored was altered after it was encrypted';
  return `encrypted with the key ${printKeyName(problem.key)}, which is not in --encryption-keys`;
}
