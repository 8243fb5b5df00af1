SELECT trace_no, trace_hi, trace_lo
FROM {from}.ids
WHERE trace_no IN ({numbers})
