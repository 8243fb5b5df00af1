SELECT rowid AS row_no, start_us, trace_hi, trace_lo
FROM {from}.traces AS traces
WHERE {where}
ORDER BY start_us DESC, trace_hi DESC, trace_lo DESC
LIMIT {limit}
