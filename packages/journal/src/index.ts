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
} from './journal.ts';
export { diskFiles, type Files, type OpenFile, type OpenMode } from './files.ts';
export { RECORD_BYTES_MAX } from './limits.ts';
