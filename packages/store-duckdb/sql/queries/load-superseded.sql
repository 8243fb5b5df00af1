INSERT INTO memory.main.superseded
SELECT trace_hi, trace_lo, $1
FROM {from}.replaced
