import {
  JournalError,
  type FeedBatch,
  type JournalRecord,
  type RecordFeed,
  type RecordSealer,
} from '@fluoroscope/journal';
import type { RecordSink } from '@fluoroscope/journal';
import { isSealed } from './sealed.ts';
import { describeSealed } from './sealing-store.ts';
import type { Sealer } from './sealer.ts';
import type { Vault } from './vault.ts';

/**
 * What a record is bound to: its sequence, or the topic, since a topic's offsets are given by its brokers.
 *
 *   context = "record file " sequence / "record kafka " topic
 */
export type RecordPlace = { readonly kind: 'file' } | { readonly kind: 'kafka'; readonly topic: string };

function contextOf(place: RecordPlace, sequence: number): string {
  return place.kind === 'file' ? `record file ${sequence}` : `record kafka ${place.topic}`;
}

/** For the file journal, which knows a record's sequence when it writes it. */
export function createRecordSealer(vault: Vault): () => RecordSealer | null {
  let made: { readonly of: Sealer; readonly sealer: RecordSealer } | null = null;
  return () => {
    const { sealer } = vault;
    if (sealer === null) return null;
    if (made?.of !== sealer) made = { of: sealer, sealer: sealWith(sealer) };
    return made.sealer;
  };
}

function sealWith(sealer: Sealer): RecordSealer {
  return {
    overheadBytes: sealer.overheadBytes,
    seal: (record, sequence) => sealer.seal(record, contextOf({ kind: 'file' }, sequence), 0),
  };
}

/** A topic's sink whose records are sealed before they leave this process. */
export function createSealingSink(sink: RecordSink, vault: Vault, topic: string): RecordSink {
  const context = contextOf({ kind: 'kafka', topic }, 0);
  return {
    append(records, keys) {
      const { sealer } = vault;
      return sink.append(sealer === null ? records : records.map((record) => sealer.seal(record, context, 0)), keys);
    },
    stats: () => sink.stats(),
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  };
}

/**
 * A feed whose records are opened. While a key is missing it rejects with `unreadable`, again and again at the same batch, so that
 * nothing is lost; a record that was altered is given out as it is, which is no record to anybody.
 */
export function createOpeningFeed(feed: RecordFeed, vault: Vault, place: RecordPlace): RecordFeed {
  let held: FeedBatch | null = null;

  function open(record: JournalRecord): JournalRecord {
    if (!isSealed(record.bytes)) return record;
    const { buffer, byteOffset, byteLength } = record.bytes;
    const opened = vault.opener.open(Buffer.from(buffer, byteOffset, byteLength), contextOf(place, record.sequence));
    if (opened.ok) return { ...record, bytes: opened.value.message };
    if (opened.problem.code === 'altered') return record;
    throw new JournalError('unreadable', `record ${record.sequence}: ${describeSealed(opened.problem)}`);
  }

  return {
    async read() {
      // Who has taken over its origin reads it too.
      if (held !== null && !held.isOurs()) held = null;
      held ??= await feed.read();
      if (held === null) return null;
      const batch = held;
      const records = batch.records.map(open);
      held = null;
      return { ...batch, records };
    },
    durable: (origin, sequence) => feed.durable(origin, sequence),
    stop: () => feed.stop(),
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  };
}
