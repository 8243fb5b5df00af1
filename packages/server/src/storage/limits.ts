/** How long documents gather before they are written: visible well within 1 s, and a trace mostly whole. */
export const BATCH_INTERVAL_MS = 120;

/** One read from the journal: bounds the memory of a batch and the time a read of the store can wait. */
export const BATCH_BYTES_MAX: number = 4 * 1024 * 1024;

/** Entities (segments and subsegments) of recent traces held for merging: about 40 MB. */
export const CACHED_ENTITIES_MAX = 50_000;

/** Wait after a batch that the store refused: doubles from the first to the last. */
export const RETRY_MS_MIN = 100;
export const RETRY_MS_MAX = 5_000;

/** Stopping waits so long for what is left to be written: it is durable in the journal, and found there by the next start. */
export const CLOSE_MS_MAX = 5_000;

/** The engine's threads: reads go on while one writes, and both leave a core to receiving. */
export const STORE_THREADS = 2;
