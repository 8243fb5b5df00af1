/** Kafka's error codes, as far as this client acts on them. */
export const OK = 0;
export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC = 3;
export const MESSAGE_TOO_LARGE = 10;
export const COORDINATOR_NOT_AVAILABLE = 15;
export const NOT_COORDINATOR = 16;
export const UNKNOWN_MEMBER = 25;
export const REBALANCE_IN_PROGRESS = 27;
export const TOPIC_NOT_ALLOWED = 29;
export const GROUP_NOT_ALLOWED = 30;
export const DUPLICATE_SEQUENCE = 46;
export const MEMBER_ID_REQUIRED = 79;
