/** Spans in one request: AWS's own endpoint takes 10,000; exporters send 512. */
export const REQUEST_SPANS_MAX = 100_000;

/** Resources and scopes in one request, empty ones included. */
export const REQUEST_GROUPS_MAX = 20_000;

/** Attributes, events, links and values in lists, of a whole request: each is an object many times its size on the wire. */
export const REQUEST_VALUES_MAX = 2_000_000;

/** Attributes of one span, event, link, scope or resource, and values in one list. SDKs keep 128. */
export const ATTRIBUTES_MAX = 1_024;

/** Events of one span. SDKs keep 128. */
export const EVENTS_MAX = 4_096;

/** Links of one span. SDKs keep 128. */
export const LINKS_MAX = 4_096;

/** Lists and maps in one attribute's value, inside each other. */
export const VALUE_LEVELS_MAX = 32;

/** Levels of arrays and objects in the JSON form: values in spans take 2 a level, and 14 lead there. */
export const JSON_LEVELS_MAX = 128;

/** Refused spans that are described one by one; the others are only counted. */
export const PROBLEMS_KEPT_MAX = 20;

/** Texts of this many bytes or fewer are looked for among those seen before. */
export const KNOWN_TEXT_BYTES_MAX = 48;

/** Places for texts seen before; a new one takes the place of an old one. */
export const KNOWN_TEXTS_MAX = 8_192;

/** A request, compressed or not, and what it becomes when decompressed. */
export const REQUEST_BYTES_MAX: number = 16 * 1024 * 1024;

/** Of requests being read or handled at once, decompressed; beyond it senders are told to come back. */
export const REQUESTS_BYTES_MAX: number = 64 * 1024 * 1024;

/** What a sender is told to wait when something is full. */
export const RETRY_AFTER_SECONDS = 1;

/** Requests at once on one gRPC connection; each holds at most `REQUEST_BYTES_MAX`. */
export const GRPC_CONNECTION_STREAMS_MAX = 64;

/** How long requests that are being answered may take once the listener closes. */
export const STOP_MS_MAX = 3_000;

/** Spans translated in one go: a turn of a few milliseconds. */
export const TURN_SPANS_MAX = 512;

/** Documents of one call of `put`, two turns' more at most: below what the server takes in one. */
export const PUT_DOCUMENTS_MAX = 4_096;
