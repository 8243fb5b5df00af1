SELECT trace_hi, trace_lo, trace_no
FROM {from}.ids
JOIN (SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo) AS wanted USING (trace_hi, trace_lo)
