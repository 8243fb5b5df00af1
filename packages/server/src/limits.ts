import type { VerifyBudget } from '@fluoroscope/query';

/** The bodies of requests being read or handled, together; beyond it a request is told to come back. */
export const REQUEST_BODIES_BYTES_MAX: number = 64 * 1024 * 1024;

/** One body: 50 documents of 64 KiB, escaped as a string inside JSON, fit well. */
export const REQUEST_BODY_BYTES_MAX: number = 10 * 1024 * 1024;

/** Levels in a body. Its documents are strings, so what X-Ray's clients send has three. */
export const BODY_DEPTH_MAX = 32;

/** Members and elements in a body, outside of strings: the kept positions of 10,000 nodes are 40,000. */
export const BODY_VALUES_MAX = 100_000;

/** Documents in one call, those in arrays counted one by one: each that is refused is a line in the answer. */
export const DOCUMENTS_PER_CALL_MAX = 10_000;

/** Datagrams taken but not yet in the journal, in UTF-16 units; beyond it they are dropped and counted. */
export const DATAGRAMS_WAITING_CHARS_MAX: number = 64 * 1024 * 1024;

/** Documents parsed in one go: a turn of a few milliseconds, so that sockets are read in between. */
export const DOCUMENTS_PER_TURN_MAX = 256;

/** Their text in one go, in UTF-16 units, for the same reason. */
export const CHARS_PER_TURN_MAX: number = 256 * 1024;

/** One page of GetTraceSummaries: about what X-Ray gives (XRAY-SPEC §4.4). */
export const SUMMARIES_PAGE_COUNT_MAX = 100;

/** One page of a graph: a service with its edges and histograms takes up to some 20 kB of JSON. */
export const SERVICES_PAGE_COUNT_MAX = 1_000;

/** Services whose numbers are kept for the further pages of graphs, of one operation, at some 200 B each. */
export const SERVICE_ORDERS_SERVICES_MAX = 100_000;

/** Printed of one graph in one go: a turn of some milliseconds. */
export const ANSWER_BYTES_PER_TURN_MAX: number = 2 * 1024 * 1024;

/** One page of GetSamplingStatisticSummaries: half an hour of five rules. */
export const STATISTICS_PAGE_COUNT_MAX = 1_000;

/** Periods in one page of GetTimeSeriesServiceStatistics: six hours by the minute. */
export const SERIES_PAGE_PERIODS_MAX = 360;

/** X-Ray's own limits of one page of ListRetrievedTraces. */
export const RETRIEVED_TRACES_MAX = 5;
export const RETRIEVED_SPANS_MAX = 100;
export const SPAN_DOCUMENT_CHARS_MAX = 204_800;

/** X-Ray's own limits of the links of one service in GetRetrievedTracesGraph, and of the traces one of them leads to. */
export const SERVICE_LINKS_MAX = 100;
export const LINKED_DESTINATIONS_MAX = 100;

/** Documents read for the links of one graph. */
export const LINKS_DOCUMENTS_MAX = 10_000;

/** Traces a graph or a series is summed of, when a group or a filter chooses them: each is read by its id. */
export const CHOSEN_TRACES_MAX = 20_000;

/** What one page of a search may read of documents, when rows do not tell all that its expression asks for. */
export const SEARCH_BUDGET: VerifyBudget = {
  traceCountMax: 2_000,
  documentCountMax: 20_000,
  charsMax: 64 * 1024 * 1024,
  wallMsMax: 2_000,
};

/** The same for a graph or a series, which is not given in part. */
export const GRAPH_BUDGET: VerifyBudget = {
  traceCountMax: CHOSEN_TRACES_MAX,
  documentCountMax: 200_000,
  charsMax: 512 * 1024 * 1024,
  wallMsMax: 10_000,
};

/** Rows of one read while traces are held against an expression. */
export const CHOSEN_TRACES_READ_MAX = 1_000;

/** Document text in one page of BatchGetTraces, in UTF-16 units; the rest waits for the next page. One segment is never cut. */
export const TRACES_PAGE_CHARS_MAX: number = 16 * 1024 * 1024;

/**
 * A trace of more documents is not put together for BatchGetTraces, but given as it was sent (ADR-013): every page merges
 * the whole anew, and one root with all its subsegments below it would be one text.
 */
export const MERGED_TRACE_DOCUMENTS_MAX = 25_000;

/** Documents of a trace that are read without asking first how large it is: 16 MB at most. */
export const SMALL_TRACE_DOCUMENTS_MAX = 255;

/** Traces put together for a look at one document of them, as they were printed: six of 10,000 spans, for the looks that follow. */
export const MERGED_TRACES_BYTES_MAX: number = 32 * 1024 * 1024;

/** Document text in one page of a larger one: half a second of work. */
export const LARGE_TRACE_PAGE_CHARS_MAX: number = 8 * 1024 * 1024;

/** Documents of a larger one in the first read of a page: with 64 KiB each, as many as fill the page. */
export const LARGE_TRACE_FIRST_READ_COUNT = 256;

/** And in one more, whose number follows from how long the documents were so far. */
export const LARGE_TRACE_READ_COUNT_MAX = 20_000;

/** Documents of a larger one in the first read of its outline: what is drawn first. */
export const OUTLINE_FIRST_READ_COUNT = 1_000;

/** And in each read after it: some 30 ms of work at a time. */
export const OUTLINE_READ_COUNT = 4_000;

/** Open consoles that are told of changes. */
export const LIVE_LISTENERS_MAX = 256;

/** Sockets; each costs a descriptor and some 20 kB. Beyond it, the one that has been quiet for the longest is closed. */
export const CONNECTIONS_MAX = 2_048;

/** A request's head. X-Ray clients send about 1 kB, session tokens a few more. */
export const HEADERS_BYTES_MAX: number = 16 * 1024;

/** From the first byte of a request to the end of its head: slow heads must not hold sockets. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** From the first byte of a request to its last. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** Longer than the pauses of SDK pollers (10 s), so that they find their connection open. */
export const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** How often the two timeouts above are looked at. */
export const TIMEOUT_CHECK_INTERVAL_MS = 2_000;

/** What a client is told to wait when something is full. */
export const RETRY_AFTER_SECONDS = 1;

/** Once the server stops: how long requests that are being answered may take, and clients to read the answers. */
export const STOP_REQUESTS_MS_MAX = 3_000;

/** How long a read of the store's size may take before metrics answer with the last known one. */
export const STORE_STATS_WAIT_MS = 1_000;

/** The same for health, which must answer at once whatever the load. */
export const HEALTH_STATS_WAIT_MS = 50;

/** A store that has not answered for this long is told as a trouble. */
export const STORE_STUCK_MS = 5_000;

/** How long a client may go on sending a body that was refused; nothing of it is kept. */
export const UNREAD_BODY_MS_MAX = 2_000;

/** Between two events to one console: a page redraws no faster. */
export const LIVE_INTERVAL_MS = 250;

/** After the last change consoles are told once more: by then what a map held back as unsettled has settled. */
export const LIVE_SETTLED_MS = 650;

/** Keeps proxies from closing a quiet event stream, and finds listeners that have gone. */
export const LIVE_HEARTBEAT_MS = 15_000;

/** Unsent bytes after which a listener counts as gone. */
export const LIVE_UNSENT_BYTES_MAX: number = 64 * 1024;

/** Different filters that are followed live; each is one search a second. */
export const TAIL_FILTERS_MAX = 32;

/** Between two searches for what is followed, at least. */
export const TAIL_INTERVAL_MS = 1_000;

/** How long ago a trace may have begun that is told of: a long one is new when it ends. */
export const TAIL_SPAN_US = 120_000_000;

/** Rows of one search for what is followed. */
export const TAIL_LOOKED_MAX = 300;

/** Traces in one event: nobody reads more in a second. */
export const TAIL_SENT_MAX = 50;

/** Text of one event, in UTF-16 units; well below what may wait unsent. */
export const TAIL_EVENT_CHARS_MAX: number = 48 * 1024;

/** Traces of which each filter knows that they were told. */
export const TAIL_KNOWN_MAX = 20_000;

/** What one search for what is followed may read of documents. */
export const TAIL_BUDGET: VerifyBudget = {
  traceCountMax: 500,
  documentCountMax: 5_000,
  charsMax: 16 * 1024 * 1024,
  wallMsMax: 500,
};

/** New nodes that are placed at once: more of them take a thread of their own. */
export const NODES_PLACED_AT_ONCE_MAX = 12;

/** One kept position's key: name, type and account of a service. */
export const POSITION_KEY_CHARS_MAX = 2_000;

/** Files of the built console, together: they are held in memory. */
export const CONSOLE_BYTES_MAX: number = 64 * 1024 * 1024;

/** A segment that arrives so long after it ended counts as late. */
export const LATE_SEGMENT_US = 60_000_000;
