SELECT trace_hi, trace_lo, {no} AS source_no, false AS has_row
FROM {from}.replaced
UNION ALL
SELECT trace_hi, trace_lo, {no}, true
FROM {from}.ids
JOIN {from}.traces USING (trace_no)
