import type { FeedLimits } from '@fluoroscope/journal';

/** How long documents gather before they are written: visible well within 1 s, and a trace mostly whole. */
export const BATCH_INTERVAL_MS = 120;

/**
 * A shared store is fed in large batches, since it pays for each one; while little comes, what came is to be seen
 * within a second. About 50,000 documents: a few hundred MB of memory while one is made.
 */
export const SHARED_BATCH_INTERVAL_MS = 400;
export const SHARED_BATCH_BYTES_MAX: number = 32 * 1024 * 1024;
export const LARGE_BATCHES: FeedLimits = { batchBytesMax: SHARED_BATCH_BYTES_MAX, gatherMs: SHARED_BATCH_INTERVAL_MS };

/**
 * One read from the journal: bounds the memory of a batch and the time a read of the store can wait, 0.6 s under full load.
 * The row of a trace is written once a batch: with more of a trace in each, it is written less often.
 */
export const BATCH_BYTES_MAX: number = 6 * 1024 * 1024;
export const SMALL_BATCHES: FeedLimits = { batchBytesMax: BATCH_BYTES_MAX, gatherMs: BATCH_INTERVAL_MS };

/** Entities (segments and subsegments) of recent traces held for merging: about 40 MB. */
export const CACHED_ENTITIES_MAX = 50_000;

/** How often the store is asked, while nothing is written, what survives a crash by now. */
export const DURABLE_ASKED_MS = 1_000;

/** Wait after a batch that the store refused: doubles from the first to the last. */
export const RETRY_MS_MIN = 100;
export const RETRY_MS_MAX = 5_000;

/** Stopping goes on writing what is left for so long: it is durable in the journal, and found there by the next start. */
export const DRAIN_MS_MAX = 5_000;

/**
 * Stopping waits so long for the storage thread, whose last batch and last slices come after draining. Half of what Kubernetes is
 * asked to leave us: a thread ended under the engine's work aborts the whole process.
 */
export const CLOSE_MS_MAX = 30_000;

/** The engine's threads: reads go on while one writes, and both leave a core to receiving. */
export const STORE_THREADS = 2;

/** Documents go in whole slices, of a day or two: so much later than --retention says. */
export const SLICE_SECONDS_MAX: number = 2 * 86_400;

/** How often the store is asked to let go of what is too old or too large. */
export const RETENTION_INTERVAL_MS = 60_000;

/**
 * New objects of the storage thread: two halves of a third each and as much for large ones. A batch's rows and facts
 * then mostly die before they are copied: a fifth less CPU than with the engine's 48 MB (ingest/pipeline.bench.ts).
 */
export const YOUNG_GENERATION_MB = 96;

/**
 * Objects that stay: fifteen times what stays under full load. With 2 GB or more V8 lets the heap grow to four times what is in use
 * before it collects, with less to about twice.
 */
export const OLD_GENERATION_MB = 1_536;

/** What a thread that must end waits for the engine's calls that are under way. */
export const LAST_CALLS_MS_MAX = 2_000;
