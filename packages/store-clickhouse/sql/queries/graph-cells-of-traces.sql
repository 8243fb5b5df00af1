SELECT
  0 AS period, role, source, target, outcome, bucket_us,
  sum(toInt64(sign)) AS fact_total,
  sum(if(outcome = 'pending', 0, sign * (facts.end_us - facts.start_us))) AS duration_total,
  min(facts.start_us) AS first_start_us,
  max(facts.end_us) AS last_end_us
FROM facts
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY role, source, target, outcome, bucket_us
