-- `facts`: every source's facts that ended in the step. Equal ones add up, so those taken back vanish.
SELECT
  end_us::DOUBLE AS end_us,
  duration_us::DOUBLE AS duration_us,
  trace_no, key_no, outcome,
  sum(fact_count)::INTEGER AS fact_count
FROM ({facts})
GROUP BY end_us, duration_us, trace_no, key_no, outcome
HAVING sum(fact_count) <> 0
ORDER BY end_us, trace_no, duration_us, outcome, fact_count, key_no
