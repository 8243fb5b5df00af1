import type { Send } from '../sending-queue.ts';
import { encodeRecords, type KafkaEncoding } from './encode-records.ts';

/** Resolves when the brokers have the records, one key each; rejects when they are not known to have all. */
export type AppendRecords = (records: readonly Uint8Array[], keys: readonly string[]) => Promise<unknown>;

export interface KafkaSendOptions {
  readonly append: AppendRecords;
  readonly encoding: KafkaEncoding;
  /** Of one record. */
  readonly recordBytesMax: number;
}

/** Sends documents as records of a Kafka topic; those of one trace go to one partition. */
export function createKafkaSend({ append, encoding, recordBytesMax }: KafkaSendOptions): Send {
  return async (parcels) => {
    const documents = parcels.map(({ document }) => document);
    const { values, keys, tooLarge } = encodeRecords(documents, encoding, recordBytesMax);
    if (values.length > 0) await append(values, keys);
    if (tooLarge === 0) return { state: 'sent', refused: 0 };
    return {
      state: 'sent',
      refused: tooLarge,
      message: `a document makes a record of more than ${recordBytesMax} bytes`,
    };
  };
}
