SELECT
  role, source, target, alias, outcome,
  bucket_us::DOUBLE AS bucket_us,
  ({period})::INTEGER AS period_no,
  sum(sign)::INTEGER AS fact_count,
  sum(sign * (end_us - start_us))::DOUBLE AS duration_us,
  min(start_us)::DOUBLE AS start_us,
  max(end_us)::DOUBLE AS end_us
FROM {from}.facts AS facts
WHERE {scope} AND {wanted}
GROUP BY role, source, target, alias, outcome, bucket_us, period_no
