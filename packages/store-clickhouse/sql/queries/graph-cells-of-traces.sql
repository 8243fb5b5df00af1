-- As graph-cells.sql, of facts only; a piece of the traces asked for may hold what another one takes back, so nothing is left out.
SELECT
  0 AS period, role, source, target, outcome,
  sum(buckets.fact_count) AS fact_total,
  sum(buckets.duration_us) AS duration_total,
  min(buckets.start_us) AS first_start_us,
  max(buckets.end_us) AS last_end_us,
  groupArray(bucket_us) AS histogram_buckets,
  groupArray(buckets.fact_count) AS histogram_counts
FROM (
  SELECT
    role, source, target, outcome, bucket_us,
    sum(toInt64(sign)) AS fact_count,
    sum(if(outcome = 'pending', 0, sign * (facts.end_us - facts.start_us))) AS duration_us,
    min(facts.start_us) AS start_us,
    max(facts.end_us) AS end_us
  FROM facts
  WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
  GROUP BY role, source, target, outcome, bucket_us
) AS buckets
GROUP BY role, source, target, outcome
