SELECT trace_no, start_us::DOUBLE AS start_us
FROM {from}.traces
LIMIT {limit}
