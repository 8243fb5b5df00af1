/** Older servers lack what exact reads of replaced rows need; see docs/clickhouse.md. */
export const SERVER_VERSION_MIN: readonly [number, number] = [25, 8];

/** Inserts of a table that a repeated one is recognised among: hours of several servers' batches. */
export const DEDUPLICATION_BLOCKS = 100_000;

/** How long a cluster's Keeper remembers them. */
export const DEDUPLICATION_SECONDS: number = 7 * 86_400;

/** A read that takes longer is of no use to who asked. */
export const READ_MS_MAX = 30_000;

/** One insert: a cluster may have to write to several servers, each with an fsync. */
export const INSERT_MS_MAX = 60_000;

/** A statement of the schema, or dropping a partition, on all servers of a cluster. */
export const SCHEMA_MS_MAX = 180_000;

/** Calls within this time after a failed connection are refused at once: doubles from the first to the last. */
export const AWAY_MS_MIN = 100;
export const AWAY_MS_MAX = 5_000;

/** Requests under way at once; more wait for a socket. */
export const CONNECTIONS_MAX = 10;

/** Trace ids bound to one statement. */
export const IDS_PER_STATEMENT_MAX = 2_000;

/** Deeper conditions are refused: each level costs the server's parser several of its own. */
export const CONDITION_DEPTH_MAX = 250;

/** Traces whose row can be replaced without asking where it stands: an id and a number each, ≈ 15 MB. */
export const RECENT_ROWS_MAX = 100_000;

/** How long a process that says nothing counts as one that writes, and how often it says that it is there. */
export const CLAIM_MS = 30_000;
export const CLAIM_RENEWED_MS = 8_000;

/** Ids that opening reads into the filter of known traces: seconds, and one false "known" in fifty. Beyond, every trace may be known. */
export const FILTER_IDS_MAX = 20_000_000;

/** Up to so many rows they are counted exactly; beyond, those replaced but not merged away yet count too. */
export const EXACT_COUNT_ROWS_MAX = 5_000_000;

/** A page whose rows were replaced while it was read is read again. */
export const PAGE_READS_MAX = 5;
