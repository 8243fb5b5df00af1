SELECT end_us, end_us - start_us AS duration_us, build_ids.trace_no, k.key_no, outcome, sign AS fact_count
FROM {from}.facts AS facts
JOIN build_ids USING (trace_hi, trace_lo)
JOIN build_keys AS k
  ON k.role = facts.role
  AND k.source = facts.source
  AND k.target = facts.target
  AND k.alias IS NOT DISTINCT FROM facts.alias
WHERE end_us >= $1 AND end_us < $2
