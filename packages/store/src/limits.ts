/** X-Ray indexes 50 annotations of a trace; one store row must stay small whatever a trace carries. */
export const TRACE_ANNOTATIONS_MAX = 50;
