-- One a row; `kind`: 0 text, 1 number, 2 flag.
SELECT
  items.row_no::DOUBLE AS row_no, "key", text,
  coalesce(number, flag::DOUBLE, 0) AS number,
  (CASE WHEN text IS NOT NULL THEN 0 WHEN number IS NOT NULL THEN 1 ELSE 2 END)::UTINYINT AS kind,
  services
FROM (
  SELECT rowid AS row_no, unnest(annotation_ids) AS annotation_id, unnest(annotation_sets) AS set_no
  FROM {from}.traces
  WHERE rowid IN ({numbers})
) AS items
JOIN {from}.annotation_values USING (annotation_id)
JOIN {from}.annotation_services USING (set_no)
