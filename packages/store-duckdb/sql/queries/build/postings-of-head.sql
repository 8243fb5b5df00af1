SELECT v.annotation_id, items.trace_no, s.set_no
FROM build_items_{no} AS items
JOIN build_values AS v
  ON v."key" = items."key"
  AND v.text IS NOT DISTINCT FROM items.text
  AND v.number IS NOT DISTINCT FROM items.number
  AND v.flag IS NOT DISTINCT FROM items.flag
JOIN build_sets AS s USING (services)
WHERE items.trace_no >= $1 AND items.trace_no < $2
