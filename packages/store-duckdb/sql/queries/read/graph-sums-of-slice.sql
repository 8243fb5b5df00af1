SELECT
  {no} AS source_no, minute, key_no, outcome, fact_count,
  duration_us::DOUBLE AS duration_us,
  start_us::DOUBLE AS start_us,
  end_us::DOUBLE AS end_us
FROM {from}.rollup_sums_{minutes}
WHERE minute >= {first} AND minute < {end} AND {wanted}
