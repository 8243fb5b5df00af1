/** Reads run side by side; each holds a connection and a thread of libuv's pool (4), of which the writer needs one. */
export const READ_CONNECTIONS_MAX = 3;

/** Reads waiting for a connection; beyond that the server is being asked more than it can answer. */
export const READS_WAITING_MAX = 10_000;

/** Traces whose row can be replaced without searching the table for it: an id and a number each, ≈ 15 MB. */
export const RECENT_ROWS_MAX = 100_000;

/** Services whose number is known without asking; hostile senders can make up any number of names. */
export const SERVICE_CACHE_MAX = 20_000;

/** Trace ids bound to one statement. */
export const IDS_PER_STATEMENT_MAX = 10_000;

/** Rows of the write-ahead log, in MiB, until it is folded into the file: bounds memory and the time to open after a crash. */
export const CHECKPOINT_MIB = 64;

/** A condition this deep is no search; the engine's own limit would name none of our words. */
export const CONDITION_DEPTH_MAX = 250;

/** The engine answers pages up to this size by reading only the sort columns first. */
export const LATE_ROWS_MAX = 10_000;

/** Rows that are compressed and skipped together. The last group is rewritten at each checkpoint, so a large one costs time. */
export const ROW_GROUP_ROWS = 16_384;
