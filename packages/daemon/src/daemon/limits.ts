/** What has gathered is sent after this, 50 segments or not; as AWS's daemon waits. */
export const BATCH_WAIT_MS = 1_000;

/** One call to an endpoint, from connecting to the end of the answer. */
export const CALL_TIMEOUT_MS = 2_000;

/** A batch is tried so often before its endpoint counts as away. */
export const ATTEMPTS_MAX = 2;
/** Between these tries, at most. */
export const ATTEMPT_PAUSE_MS = 200;

/** Between tries while an endpoint is away: at most, doubling from the first to the last; a random share of it is waited. */
export const AWAY_PAUSE_MS_MIN = 500;
export const AWAY_PAUSE_MS_MAX = 30_000;

/** Segments that an endpoint asks to send again are sent so often. */
export const UNPROCESSED_ATTEMPTS_MAX = 3;

/** Without `--buffer-memory`: one hundredth of the machine's memory, within these. More goes to the spool. */
export const BUFFER_MB_DEFAULT_MAX = 32;

/** Of an answer; X-Ray's are a few kB. */
export const ANSWER_BYTES_MAX: number = 1024 * 1024;

/** Of a sampling call. */
export const PROXY_BODY_BYTES_MAX: number = 1024 * 1024;
export const PROXY_CONNECTIONS_MAX = 256;
export const PROXY_REQUEST_TIMEOUT_MS = 5_000;

export const TELEMETRY_INTERVAL_MS = 60_000;
export const TELEMETRY_RECORDS_KEPT_MAX = 30;
export const TELEMETRY_RECORDS_PER_CALL_MAX = 10;

/** After SIGTERM: what is not sent by then goes to the spool. Two tries of one call, with what has no pause between them. */
export const DRAIN_MS = 4_500;
/** Of this, for an endpoint that is away. */
export const DRAIN_AWAY_MS = 600;
/** And then for the last counts. */
export const LAST_COUNTS_MS = 1_000;

/** One old file of this size is kept. */
export const LOG_FILE_BYTES_MAX: number = 50 * 1024 * 1024;

/** Credentials, region, role: each question. */
export const METADATA_TIMEOUT_MS = 1_000;

/** A warning about datagrams is written at most this often, with the number of those it stands for. */
export const WARNING_INTERVAL_MS = 1_000;

/** A larger file is no configuration. */
export const CONFIG_BYTES_MAX: number = 1024 * 1024;
