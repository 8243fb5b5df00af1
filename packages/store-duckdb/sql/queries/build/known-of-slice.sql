SELECT
  trace_hi, trace_lo, start_us, traces.rowid AS row_id,
  CASE WHEN start_us IS NOT NULL THEN {no} END AS row_source
FROM {from}.ids
LEFT JOIN {from}.traces USING (trace_no)
