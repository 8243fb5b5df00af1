SELECT traces.rowid AS row_no
FROM {from}.traces AS traces
JOIN (SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo) AS wanted USING (trace_hi, trace_lo)
