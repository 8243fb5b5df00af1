SELECT {place} AS source_no, trace_no, trace_hi, trace_lo
FROM {from}.ids
WHERE {wanted}
