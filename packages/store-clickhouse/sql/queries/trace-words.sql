-- The low half of each id as two numbers; a trace more than once if it was replaced.
SELECT reinterpretAsUInt32(reverse(substring(trace_id, 9, 4))), reinterpretAsUInt32(reverse(substring(trace_id, 13, 4)))
FROM traces
