WITH scoped AS NOT MATERIALIZED (
  SELECT role, source, target, outcome, sign, start_us, end_us, bucket_us, alias
  FROM facts
  WHERE end_us >= $1 AND end_us < $2
),
