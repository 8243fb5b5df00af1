-- Every minute in which a row of these traces stands or stood. Answered by the projection `by_trace`.
SELECT DISTINCT start_minute
FROM traces
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
