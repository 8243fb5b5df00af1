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

/** No request names more; also X-Ray's own limit. */
export const TAGS_PER_REQUEST_MAX = 200;

/** X-Ray's own limits of a name of a sampling rule or a group. */
export const NAME_CHARS_MAX = 32;
export const GROUP_ARN_CHARS_MAX = 400;
export const RESOURCE_ARN_CHARS_MAX = 1_011;

/** X-Ray names none; our own are far shorter. */
export const RULE_ARN_CHARS_MAX = 1_011;

/** X-Ray's own limits. */
export const KEY_ID_CHARS_MAX = 3_000;
export const POLICY_NAME_CHARS_MAX = 128;
export const ENTITY_SELECTOR_CHARS_MAX = 500;
export const RETRIEVAL_TOKEN_CHARS_MAX = 1_020;
export const RETRIEVAL_TRACE_IDS_MAX = 100;
export const INSIGHTS_PAGE_MAX = 100;
export const INSIGHT_EVENTS_PAGE_MAX = 50;

/** X-Ray's own limit of the tokens of groups and policies. */
export const SHORT_TOKEN_CHARS_MAX = 100;

/** X-Ray's own limit of the tokens of insights. */
export const INSIGHT_TOKEN_CHARS_MAX = 2_000;

/** Our revision ids are shorter; a longer one is none of ours. */
export const POLICY_REVISION_CHARS_MAX = 256;

/** An unchecked text of a kept policy; X-Ray takes 5 kB, and says so with an error of its own. */
export const POLICY_DOCUMENT_CHARS_MAX = 1_000_000;
