/** A trace that may have more documents is not read for its summary, which then lacks root causes. */
export const SUMMARY_TRACE_DOCUMENTS_MAX = 2_000;

/** Documents that may be read for one page of summaries. The largest traces are left out first. */
export const SUMMARIES_DOCUMENTS_MAX = 10_000;

/** Documents of one read: a page of 100 traces of ten spans is one. Bounds with the next one what is held at once. */
export const SUMMARIES_READ_DOCUMENTS_MAX = 1_000;

/** Document text after which no more is read for the page, in UTF-16 units. */
export const SUMMARIES_CHARS_MAX: number = 16 * 1024 * 1024;
