SELECT hex(trace_id), received_us, text
FROM documents
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
ORDER BY trace_id, position
