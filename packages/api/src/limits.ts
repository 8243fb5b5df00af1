/** X-Ray takes 50 in practice (XRAY-SPEC §13); more is kind to bulk imports, endless is not kind to memory. */
export const TRACE_SEGMENT_DOCUMENTS_MAX = 10_000;

/** The daemon sends 10 (XRAY-SPEC §3.3). */
export const TELEMETRY_RECORDS_MAX = 1_000;

/** X-Ray's own limit. */
export const SAMPLING_STATISTICS_DOCUMENTS_MAX = 25;

/** X-Ray's own limit: each id may stand for a trace of many megabytes. */
export const BATCH_TRACE_IDS_MAX = 5;

/** X-Ray names none; bounds the sums one question asks for. */
export const TRACE_GRAPH_IDS_MAX = 1_000;

/** `1-` 8 digits `-` 24 digits. */
export const TRACE_ID_CHARS_MAX = 35;

/** Our own tokens are a few hundred characters; a longer one is none of ours. */
export const NEXT_TOKEN_CHARS_MAX = 4_096;
