SELECT count(*)
FROM {from}.documents
WHERE trace_hi = {hi} AND trace_lo = {lo}
