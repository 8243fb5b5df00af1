/** Seconds between two reports of a client. */
export const REPORT_INTERVAL_SECONDS = 10;

/** Clients remembered of a rule; the one that reported longest ago makes room. Client ids are made up by the sender. */
export const RULE_CLIENT_COUNT_MAX = 1_000;

/** Requests of one client that count as demand: keeps the arithmetic of shares in exact integers. */
export const CLIENT_DEMAND_COUNT_MAX: number = 2 ** 31 - 1;

/** Requests a second; the same reason. */
export const RESERVOIR_SIZE_COUNT_MAX = 1_000_000;

/** Reports older than this say nothing about the demand of now. */
export const STATISTICS_AGE_SECONDS_MAX = 300;

/** Of one line of GetSamplingStatisticSummaries: the interval of reports. */
export const STATISTICS_WINDOW_SECONDS = 10;

/** How far back GetSamplingStatisticSummaries goes: X-Ray says "the last few minutes". */
export const STATISTICS_KEPT_SECONDS = 1_800;

/** From the first anomaly reported to a raised rate: every client has reported by then. */
export const BOOST_COLLECT_SECONDS = 10;

/** How long a raised rate holds. */
export const BOOST_SECONDS_MAX = 60;
