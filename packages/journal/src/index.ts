export { createFileFeed, type FileFeed, type FileFeedOptions } from './file-feed.ts';
export { openJournal, type JournalOptions } from './file-journal.ts';
export { openJournalReader, type JournalReaderOptions } from './journal-reader.ts';
export {
  JournalError,
  type DamagedDetail,
  type Durability,
  type Journal,
  type JournalErrorCode,
  type JournalEvents,
  type JournalReader,
  type JournalRecord,
  type JournalStats,
  type RecordSink,
} from './journal.ts';
export type { RecordSealer } from './record-sealer.ts';
export type { FeedBatch, FeedLimits, FeedProgress, RecordFeed } from './record-feed.ts';
export { diskFiles, type Files, type OpenFile, type OpenMode } from './files.ts';
export type { LagReport } from './kafka/kafka-feed.ts';
export type { KafkaAccess, KafkaCompression, KafkaCredentials, SaslMechanism } from './kafka/broker-wire.ts';
export type { PartitionLag } from './kafka/lag.ts';
export { RECORD_BYTES_MAX } from './limits.ts';
