/** Rows are read by every search: one trace that wanders through thousands of services must not slow all others. */
export const TRACE_SERVICES_MAX = 500;

/** Users, resource ARNs, instances and zones of one row, each; the same reason. */
export const TRACE_NAMES_MAX = 50;

/** Above this a trace's totals are kept between batches instead of being counted anew: memory against time. */
export const COUNTED_ANEW_ENTITIES_MAX = 256;

/** Distinct service names remembered so that equal nodes share one object; an attacker can invent any number. */
export const SERVICE_NAMES_MAX = 20_000;
