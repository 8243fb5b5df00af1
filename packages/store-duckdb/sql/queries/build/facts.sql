-- `facts`: every source's facts that ended in the step, equal ones next to each other.
SELECT
  end_us::DOUBLE AS end_us,
  duration_us::DOUBLE AS duration_us,
  trace_no, key_no, outcome,
  fact_count::INTEGER AS fact_count
FROM ({facts}) AS found
ORDER BY found.end_us, trace_no, found.duration_us, outcome, key_no
