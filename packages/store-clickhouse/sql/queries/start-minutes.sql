-- Where each trace's row stood before a batch. Answered by the projection `by_trace`.
SELECT hex(trace_id), argMaxIf(start_minute, written_us, deleted = 0)
FROM traces
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)) AND written_us < {before:Int64}
GROUP BY trace_id
HAVING countIf(deleted = 0) > 0
