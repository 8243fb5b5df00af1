WITH scoped AS MATERIALIZED (
  SELECT role, source, target, outcome, sign, start_us, end_us, bucket_us, alias
  FROM facts
  JOIN (SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo) AS wanted USING (trace_hi, trace_lo)
),
