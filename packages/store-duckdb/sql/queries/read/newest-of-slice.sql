SELECT {place} AS source_no, trace_no, start_us::DOUBLE AS start_us
FROM {from}.traces AS traces
WHERE {where}
ORDER BY trace_no DESC
LIMIT {limit}
