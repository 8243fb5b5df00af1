SELECT end_us, duration_us, numbers.trace_no, sets.key_no, outcome, fact_count
FROM {from}.facts AS facts
JOIN build_numbers_{no} AS numbers ON facts.trace_no = numbers.old_no
JOIN build_key_sets_{no} AS sets USING (set_no)
WHERE end_us >= $1 AND end_us < $2
