-- `kind`: 0 text, 1 number, 2 flag. One text of many numbers is bound in a fraction of the time that a list of them takes.
SELECT
  annotation_id, "key", text,
  coalesce(number, flag::DOUBLE, 0) AS number,
  (CASE WHEN text IS NOT NULL THEN 0 WHEN number IS NOT NULL THEN 1 ELSE 2 END)::UTINYINT AS kind
FROM {from}.annotation_values
JOIN (SELECT unnest(string_split($1, ',')::INTEGER[]) AS annotation_id) AS wanted USING (annotation_id)
