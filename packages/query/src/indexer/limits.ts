/** Rows are read by every search: one trace that wanders through thousands of services must not slow all others. */
export const TRACE_SERVICES_MAX = 500;

/** Users, resource ARNs, instances and zones of one row, each; the same reason. */
export const TRACE_NAMES_MAX = 50;

/** Above this a trace's totals are kept between batches instead of being counted anew: memory against time. */
export const COUNTED_ANEW_ENTITIES_MAX = 256;

/**
 * A trace of more segments and subsegments keeps neither outcomes of services nor root causes in its row: they are found anew
 * whenever it changes.
 */
export const FINDINGS_ENTITIES_MAX = 1_000;

/** Distinct service names remembered so that equal nodes share one object; an attacker can invent any number. */
export const SERVICE_NAMES_MAX = 20_000;

/** Their keys as printed, together, in UTF-16 units: accounts and resources have no length of their own. */
export const SERVICE_KEYS_CHARS_MAX: number = 8 * 1024 * 1024;

/** What an entity holds of its document, on average; a document with more counts for more entities in the cache. */
export const CHARS_PER_CACHED_ENTITY = 1_024;

/**
 * A trace of so many segments and subsegments (parents known by their id only included) is linked no further: its
 * later documents are indexed apart (ADR-011). Bounds what one trace can take of the cache, about 16 MB, and what
 * reading it back costs.
 */
export const TRACE_LINKED_ENTITIES_MAX = 25_000;

/** What a trace that is indexed apart counts for in the cache: its filter of ids, its owners, its row. */
export const APART_TRACE_ENTITIES = 10_000;

/** Entities of a trace indexed apart whose segment's node is known, so that calls from them have a caller. */
export const APART_OWNERS_MAX = 50_000;

/**
 * Bits of the filter of ids of one trace indexed apart (2 MiB): of a million documents less than one in a thousand is
 * wrongly taken for one that came before, and not counted.
 */
export const APART_FILTER_BITS: number = 2 ** 24;
