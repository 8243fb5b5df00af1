/** Accepted and not yet acknowledged by the brokers: bounds memory while they are slow. Beyond it: `full`. */
export const PENDING_BYTES_MAX: number = 64 * 1024 * 1024;

/** A partition's share of one request stays below what brokers take by default (`message.max.bytes`, 1 MiB). */
export const BATCH_BYTES_MAX: number = 768 * 1024;

/** The largest record that fits such a batch with its key and headers. */
export const KAFKA_RECORD_BYTES_MAX: number = BATCH_BYTES_MAX - 1024;

/** Records that the brokers have not acknowledged by then are refused as `failed`: their sender is to know. */
export const DELIVERY_MS_MAX = 10_000;

/** One request to a broker, beside those that wait by design. */
export const REQUEST_MS_MAX = 8_000;
export const CONNECT_MS_MAX = 4_000;

/** Wait after a failure before the next attempt: doubles from the first to the last. */
export const RETRY_MS_MIN = 100;
export const RETRY_MS_MAX = 2_000;

/** Who moved to another broker is asked for anew after so long at the latest. */
export const TOPIC_AGE_MS_MAX = 30_000;

/** A process whose heartbeats stay away for so long has lost its partitions, in its own eyes and the broker's. */
export const SESSION_MS = 10_000;
export const HEARTBEAT_MS = 1_000;

/** How long a process may take to end its batch when partitions change hands. */
export const REBALANCE_MS_MAX = 60_000;

/** One fetch from a broker: in all, of one partition, and how long it may wait for news. */
export const FETCH_BYTES_MAX: number = 8 * 1024 * 1024;
export const FETCH_PARTITION_BYTES_MAX: number = 2 * 1024 * 1024;
export const FETCH_WAIT_MS = 500;
/** While other partitions have no room for more. */
export const FETCH_SHORT_WAIT_MS = 50;

/** How often offsets are committed, and the group's lag is looked at. */
export const COMMIT_MS = 1_000;
export const LAG_MS = 1_000;
