-- The id of one trace is written out, two numbers of our own making: the engine then skips all row groups but one.
SELECT trace_hi, trace_lo, trace_no
FROM {from}.ids
WHERE trace_hi = {hi} AND trace_lo = {lo}
