/** Fault causes of one trace, and error causes; those that reach the client first. */
export const CAUSES_MAX = 5;

/** Deepest failing entities that are looked at for them, those that reach the client and the others each: many read the same. */
export const FAILING_LEAVES_MAX = 100;

/** Entities of one path. Of a longer one the first half and the last half are shown. */
export const PATH_ENTITIES_MAX = 40;

/** Exceptions of one cause; those of the deepest entities first. */
export const CAUSE_EXCEPTIONS_MAX = 10;

/** Of an exception's message, in UTF-16 units; some carry whole answers of other services. */
export const EXCEPTION_MESSAGE_CHARS_MAX = 1_000;

/** Of an exception's type. */
export const EXCEPTION_NAME_CHARS_MAX = 250;

/** From a cause that names another entity, to that entity's cause, and so on. */
export const CAUSE_REFERENCES_MAX = 8;

/** What a response-time cause must cover of the root's response time to be followed. */
export const COVERAGE_MIN = 0.5;

/** Of the text that a row keeps of its causes, in UTF-16 units: rows are read by every search. */
export const PACKED_CAUSES_CHARS_MAX = 4_096;

/** Text of one entity's exceptions that is remembered for its trace's row; with more, or more exceptions than a cause has, the row keeps none. */
export const KEPT_EXCEPTIONS_CHARS_MAX = 2_000;
