/** Keys that exist at once. */
export const KEYS_MAX = 1_000;

/** The file of keys: 1,000 keys of some 300 bytes fit well. */
export const KEY_FILE_BYTES_MAX: number = 1024 * 1024;

/** How often the file of keys is looked at; a change counts within two seconds. */
export const KEY_FILE_INTERVAL_MS = 1_000;

/** How far a signature's time may be from the server's, as at AWS. */
export const CLOCK_SKEW_MS: number = 5 * 60 * 1_000;

/** Open logins; beyond it the oldest ends. */
export const SESSIONS_MAX = 1_000;

/** Keys and addresses whose rate is known; beyond it the one that has been quiet for the longest is forgotten. */
export const RATE_BUCKETS_MAX = 10_000;

/** A bucket holds so many seconds of its rate: that is how long a burst may be. */
export const RATE_BURST_SECONDS = 2;

/** `audit.jsonl` and the older ones beside it. */
export const AUDIT_FILES_MAX = 5;

/** Lines that wait to be written. */
export const AUDIT_LINES_WAITING_MAX = 1_000;

/** Refused changes that are written down a second; the next line counts those in between. Strangers can make as many as they like. */
export const AUDIT_REFUSALS_PER_SECOND_MAX = 10;
