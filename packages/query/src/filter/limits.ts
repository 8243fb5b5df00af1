/** Characters of an expression: bounds the work one request can ask for before anything is known of it. */
export const FILTER_LENGTH_CHARS_MAX = 16_384;

/** Tokens of an expression: bounds the condition, and with it the query text a store has to plan. */
export const FILTER_TOKEN_COUNT_MAX = 4_096;

/** Parentheses, braces, "!" and JSON brackets inside each other: every walk over the tree is recursive. */
export const FILTER_DEPTH_MAX = 100;

/** Groups whose expressions name groups, inside each other: each adds its own depth to the tree. */
export const GROUP_DEPTH_MAX = 4;
