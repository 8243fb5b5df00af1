/** X-Ray indexes 50 annotations of a trace, OpenTelemetry's senders bring more; a row must stay small whatever a trace carries. */
export const TRACE_ANNOTATIONS_MAX = 500;

/** Of one series: two days by the minute. */
export const PERIODS_MAX = 2_880;
