/** Reads run side by side; each holds two connections and a thread of libuv's pool (4), of which batches need one, and flush and merge another. */
export const READ_CONNECTIONS_MAX = 2;

/** Reads waiting for a connection; beyond that the server is being asked more than it can answer. */
export const READS_WAITING_MAX = 10_000;

/** How often the engine is told to stop a read that nobody waits for. */
export const INTERRUPTED_MS = 10;

/** Services whose number is known without asking; hostile senders can make up any number of names. */
export const SERVICE_CACHE_MAX = 20_000;

/** Trace ids bound to one statement. */
export const IDS_PER_STATEMENT_MAX = 10_000;

/** A condition this deep is no search; the engine's own limit would name none of our words. */
export const CONDITION_DEPTH_MAX = 250;

/** The engine answers pages up to this size by reading only the sort columns first. */
export const LATE_ROWS_MAX = 10_000;

/** Rows that are compressed and skipped together: a look for one trace reads one group of each column it wants. */
export const ROW_GROUP_ROWS = 16_384;

/**
 * Bytes of a block on disk. Every table has one at least, and a look for one row reads one of each column: a small block
 * costs compression, a large one space in small slices.
 */
export const BLOCK_BYTES = 65_536;

/** The smallest there is, for files of few rows. */
export const SMALL_BLOCK_BYTES = 16_384;

/** What was made of fewer bytes, in memory or on disk, is a file of few rows. */
export const SMALL_SLICE_BYTES: number = 2 ** 20;

/** On disk, in bytes, for what a query or a merge cannot hold in memory. */
export const SPILL_BYTES_MAX: number = 4 * 2 ** 30;

/**
 * Slices whose files the engine has attached, beyond which those that were not used for the longest time are let go of. Each is an
 * open file. One that is asked for again costs some ms.
 */
export const ATTACHED_SLICES_MAX = 64;

/** Documents in them: what the engine knows of a file once it was read takes 2 to 6 MB a million, which no limit of its own bounds. */
export const ATTACHED_DOCUMENTS_MAX = 32_000_000;

/**
 * Changes, in bytes, after which the engine goes over its tables in memory by itself, as for a file. That compresses heads for
 * nothing, but is what takes rows out that were deleted. Some fifteen heads.
 */
export const UNSAVED_BYTES_MAX: number = 2 ** 30;

/** Freed memory that the engine's allocator keeps for what comes next. By itself it would keep 128 MB, and 512 MB at the end of large work. */
export const FREED_BYTES_KEPT: number = 16 * 2 ** 20;

/** A trace that was left alone for so long, in ms, gets its row: what belongs together mostly comes within a few seconds. */
export const WAITING_QUIET_MS = 3_000;

/** Traces whose rows wait, beside those of one batch: a read that could see them waits until all are written, some 70 µs each with ten spans in it. */
export const WAITING_ROWS_MAX = 4_096;

/** Segments and subsegments that are held for them: about 40 MB. */
export const WAITING_ENTITIES_MAX = 50_000;

/** What a head may hold, in bytes as `head.ts` weighs rows. They are not compressed in memory, and two heads may be full. */
export const HEAD_BYTES_MAX: number = 64 * 2 ** 20;

/** Heads get at most this share of the engine's memory, each. */
export const HEAD_MEMORY_SHARE = 0.25;

/**
 * Adjacent slices of one day that are worth a merge. A merge costs about as much as the flush before it: with so many, a
 * document is mostly written once more in its life; with fewer, more often; with more, each search asks more files.
 */
export const MERGE_SLICES_MIN = 16;

/** Documents of a merged slice: bounds how long a merge takes, and how much retention lets go at once. */
export const MERGE_DOCUMENTS_MAX = 1_000_000;

/** Bytes on disk of a merged slice, for the same reasons. */
export const MERGE_BYTES_MAX: number = 2 ** 30;

/** Slices of one merge: each is a file to read from. */
export const MERGE_SLICES_MAX = 64;

/**
 * Small slices with which a merge waits for nothing any more: each is open files, memory of the engine (MB) and a part of each
 * search. Batches then wait for the merge. Half more than wait when merges keep up.
 */
export const MERGE_URGENT_SLICES = 24;

/** While batches come, a merge sleeps this many times as long as its last step took. */
export const MERGE_REST_RATIO = 1;

/** A batch this long ago, in ms, means that batches come. */
export const WRITES_RECENT_MS = 1_000;

/** Pairs of key and value whose number in the head is remembered, and of them those of one key: about 10 MB. One more, and they are forgotten. */
export const KNOWN_ANNOTATIONS_MAX = 131_072;
export const KNOWN_VALUES_MAX = 1_024;

/** Of key and value together; longer ones seldom come again. */
export const KNOWN_ANNOTATION_CHARS_MAX = 128;

/** The same of lists of services. */
export const KNOWN_SERVICE_LISTS_MAX = 4_096;

/** Waits, in ms, before a flush or merge that failed is tried again; doubled each time up to the last. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_LAST_MS = 60_000;

/** Work in JavaScript between two turns of the event loop, in trace ids: some ms. */
export const IDS_PER_TURN = 5_000;

// What reads hold of slices, in bytes about, over all: 104 MiB.

/** Rollups of five minutes, and the facts at the ends of ranges, of the slices that graphs were asked of last. */
export const GRAPH_PIECES_CACHE_BYTES_MAX: number = 24 * 2 ** 20;

/** Stretches of time, each as all slices have it: of 400 nodes and edges with much traffic an hour takes 1 to 2 MB. */
export const GRAPH_STRETCHES_CACHE_BYTES_MAX: number = 24 * 2 ** 20;

/** Hours that one range may have; those of a longer one are read without holding what they add up to. */
export const GRAPH_STRETCHES_MAX = 48;

/** One that was not used for this long, in ms, makes room for another. */
export const GRAPH_STRETCH_IDLE_MS = 60_000;

/** What those are about. */
export const GRAPH_KEYS_CACHE_BYTES_MAX: number = 4 * 2 ** 20;

/** Starts of traces: how many a search walked over. */
export const TRACE_STARTS_CACHE_BYTES_MAX: number = 12 * 2 ** 20;

/** Numbers of stale rows, and the lists of services that annotations name. */
export const STALE_ROWS_CACHE_BYTES_MAX: number = 4 * 2 ** 20;
export const ANNOTATION_SERVICES_CACHE_BYTES_MAX: number = 4 * 2 ** 20;

/** Stale rows of a slice that are written out in a search; more are looked up by it. */
export const STALE_NUMBERS_PRINTED_MAX = 1_000;

/** Distinct annotations: of a slice with more than an eighth of this they are looked up in the file. */
export const ANNOTATION_DICTIONARIES_CACHE_BYTES_MAX: number = 32 * 2 ** 20;

/** Distinct annotations that were not used for this long, in ms, make room for those of another slice. */
export const ANNOTATION_DICTIONARY_IDLE_MS = 60_000;

/** Lists of services of a slice's annotations that are held; of more, those wanted are read each time. */
export const ANNOTATION_SERVICES_HELD_MAX = 2_000;

/** Blocks of graph pieces that one range may have; a longer one is read without holding them. */
export const GRAPH_BLOCKS_MAX = 64;

/** SELECTs that are joined in one statement. */
export const UNION_PARTS_MAX = 128;

/** Slices of one statement, or of a graph's turn: they are attached all at once. */
export const SLICES_AT_ONCE_MAX = 32;

/** Slices that are searched by one statement. */
export const SEARCHED_SLICES_MAX = 8;

/** Traces that newer sources replaced of which each slice's filter is asked; of more, the slice's file is. */
export const STALE_CANDIDATES_MAX = 10_000;

/** Slices of which stale rows are counted in one read: the engine keeps what a read's transaction has used until it ends. */
export const COUNTED_SLICES_MAX = 8;

/** Traces of a slice of which a search takes all matches; of a larger one only the newest, which costs more to plan. */
export const ALL_MATCHES_TRACES_MAX = 131_072;

/** Row numbers that each row is compared with as it is scanned; more are joined. */
export const COMPARED_NUMBERS_MAX = 32;

/** Traces of one slice whose documents are sought one by one; of more, the whole column is read. */
export const SOUGHT_TRACES_MAX = 16;
