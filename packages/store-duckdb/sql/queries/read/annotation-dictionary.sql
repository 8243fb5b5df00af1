-- One row a key, its values as they are numbered: flags, numbers, then texts, of which `lengths` are in bytes.
SELECT
  "key",
  min(annotation_id) AS first_id,
  count(flag)::INTEGER AS flag_count,
  coalesce(list(coalesce(number, flag::DOUBLE) ORDER BY annotation_id) FILTER (text IS NULL), []) AS numbers,
  coalesce(list(strlen(text)::INTEGER ORDER BY annotation_id) FILTER (text IS NOT NULL), []) AS lengths,
  encode(coalesce(string_agg(text, '' ORDER BY annotation_id), '')) AS texts
FROM {from}.annotation_values
GROUP BY "key"
ORDER BY first_id
