/** How far back the settings look at traces. */
export const RECENT_SECONDS = 3_600;

/** Newest traces whose first requests are held against the sampling rules. */
export const RECENT_REQUESTS_TRACES_MAX = 2_000;

/** Different requests that are counted apart: paths with ids in them make many. */
export const REQUESTS_COUNTED_MAX = 5_000;

/** A trace that nothing came to for so long is complete as far as can be known. */
export const SETTLED_SECONDS = 30;

/** Newest traces that are looked through for segments without their parents, and documents of all of them together. */
export const ORPHAN_TRACES_MAX = 1_000;
export const ORPHAN_ENTITIES_MAX = 20_000;

/** Larger traces are left out of it: their documents are read whole. */
export const ORPHAN_TRACE_ENTITIES_MAX = 1_000;

/** Of one read; between two the process does something else. */
export const ORPHAN_TRACES_PER_READ = 50;

/** Pages that are open ask every few seconds: for so long they share one answer. */
export const RECENT_SHARED_MS = 5_000;

/** How long statistics of sampling are added up. */
export const SAMPLING_SECONDS = 600;

/** Then the last look is told of: the rest of the answer is wanted most when the store is slow. */
export const ORPHANS_WAIT_MS = 1_000;
