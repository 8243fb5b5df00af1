SELECT
  {no} AS source_no, set_no, outcome, fact_count,
  duration_us::DOUBLE AS duration_us,
  end_us::DOUBLE AS end_us
FROM {from}.facts
WHERE {scope} AND {wanted}
