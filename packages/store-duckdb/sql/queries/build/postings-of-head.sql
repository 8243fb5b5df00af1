SELECT v.annotation_id, items.trace_no, s.set_no
FROM (
  SELECT trace_no, unnest(annotation_ids) AS old_id, unnest(annotation_sets) AS old_no
  FROM {from}.traces AS traces
  JOIN build_ids ON build_ids.row_id = traces.rowid
  WHERE row_source = {no} AND trace_no >= $1 AND trace_no < $2
) AS items
JOIN build_values_{no} AS v USING (old_id)
JOIN build_sets_{no} AS s USING (old_no)
