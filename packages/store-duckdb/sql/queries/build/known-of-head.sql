SELECT trace_hi, trace_lo, start_us, rowid AS row_id, {no} AS row_source
FROM {from}.traces
UNION ALL
SELECT trace_hi, trace_lo, NULL, NULL, NULL
FROM {from}.documents
UNION ALL
SELECT trace_hi, trace_lo, NULL, NULL, NULL
FROM {from}.facts
