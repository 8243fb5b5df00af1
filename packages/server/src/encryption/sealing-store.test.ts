import { timeUs, type TraceId } from '@fluoroscope/model';
import { createMemoryStore, type StoredDocument, type TraceStore } from '@fluoroscope/store';
import {
  batchOf,
  describeTraceStore,
  documentOf,
  rowOf,
  traceIdOf,
  traceQueryOf,
} from '@fluoroscope/store/conformance';
import { expect, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { createSealingStore } from './sealing-store.ts';
import { keyOf } from './testing/keys.ts';
import { createVault } from './vault.ts';

const K1 = keyOf('k1', 1);
const K2 = keyOf('k2', 2);
const TEXT = '{"name":"marked-by-us"}';

describeTraceStore('the memory store behind encryption', async () => ({
  store: createSealingStore(createMemoryStore(), createVault({ keys: [K1], active: K1 })),
}));

test('nothing of a document is in the store, and reading gives it back', async () => {
  const { store, stored, write } = open();
  await write(documentAt(1));
  const [kept] = await stored(1);
  expect(kept?.text).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(Buffer.from(kept?.text ?? '', 'base64').toString('latin1')).not.toContain('marked');
  expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentAt(1)]);
});

test('root causes are no more readable than documents, and are unknown without the key', async () => {
  const { bare, store, vault } = open();
  const row = rowOf(1, { causes: { shape: '[1,"marked"]', coverages: [900] } });
  await store.write(batchOf(1, { traces: [row] }));
  expect(JSON.stringify(await bare.readTraceRows([traceIdOf(1)]))).not.toContain('marked');
  expect((await store.findTraces(traceQueryOf())).rows).toEqual([row]);
  vault.set({ keys: [K2], active: K2 });
  expect(await store.readTraceRows([traceIdOf(1)])).toEqual([{ ...row, causes: null }]);
});

test('keys change, and are taken away: what was written before is read on', async () => {
  const { store, vault, stored, write } = open();
  await write(documentAt(1));
  vault.set({ keys: [K1, K2], active: K2 });
  await write(documentAt(1, 2));
  vault.set({ keys: [K1, K2], active: null });
  await write(documentAt(1, 3));
  expect((await stored(1)).map(({ text }) => text.startsWith('{'))).toEqual([false, false, true]);
  expect(await store.readDocuments([traceIdOf(1)])).toEqual([documentAt(1), documentAt(1, 2), documentAt(1, 3)]);
});

test('without its key a trace is refused, and the key named; others are read', async () => {
  const { store, vault, write } = open();
  await write(documentAt(1));
  vault.set({ keys: [K2], active: K2 });
  await write(documentAt(2));
  await expect(store.readDocuments([traceIdOf(1)])).rejects.toMatchObject({
    code: 'sealed',
    message: expect.stringContaining(`"k1" (fingerprint ${K1.fingerprint}), which is not in --encryption-keys`),
  });
  expect(await store.readDocuments([traceIdOf(2)])).toEqual([documentAt(2)]);
});

test.each<[string, (documents: readonly StoredDocument[]) => readonly StoredDocument[]]>([
  ['of another trace', ([one, two]) => (one && two ? [{ ...one, text: two.text }] : [])],
  ['said to have come at another time', ([one]) => (one ? [{ ...one, receivedUs: timeUs(one.receivedUs + 1) }] : [])],
  ['with a bit flipped', ([one]) => (one ? [{ ...one, text: flipped(one.text) }] : [])],
  ['cut', ([one]) => (one ? [{ ...one, text: one.text.slice(0, -8) }] : [])],
  ['that is no ciphertext', ([one]) => (one ? [{ ...one, text: 'hello' }] : [])],
])('a text %s is refused', async (_name, alter) => {
  const { bare, vault, stored, write } = open();
  await write(documentAt(1), documentAt(2));
  const altered = alter([...(await stored(1)), ...(await stored(2))]);
  expect(altered).toHaveLength(1);
  const store = createSealingStore(alterStore(bare, { readDocuments: () => Promise.resolve(altered) }), vault);
  await expect(store.readDocuments([traceIdOf(1)])).rejects.toMatchObject({
    code: 'sealed',
    message: expect.stringContaining('was altered'),
  });
});

function documentAt(trace: number, at = 1): StoredDocument {
  return { ...documentOf(trace, at), text: TEXT };
}

function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function open() {
  const bare: TraceStore = createMemoryStore();
  const vault = createVault({ keys: [K1], active: K1 });
  const store = createSealingStore(bare, vault);
  let sequence = 0;
  const idOf = (trace: number): readonly TraceId[] => [traceIdOf(trace)];
  return {
    bare,
    vault,
    store,
    stored: (trace: number) => bare.readDocuments(idOf(trace)),
    write: (...documents: StoredDocument[]) => store.write({ ...batchOf((sequence += 1)), documents }),
  };
}
