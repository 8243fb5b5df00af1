SELECT v.annotation_id, numbers.trace_no, s.set_no
FROM {from}.annotation_traces AS postings
JOIN (
  SELECT n.old_no, n.trace_no
  FROM build_numbers_{no} AS n
  JOIN build_ids USING (trace_no)
  WHERE row_source = {no} AND n.trace_no >= $1 AND n.trace_no < $2
) AS numbers ON postings.trace_no = numbers.old_no
JOIN build_values_{no} AS v ON postings.annotation_id = v.old_id
JOIN build_sets_{no} AS s ON postings.set_no = s.old_no
