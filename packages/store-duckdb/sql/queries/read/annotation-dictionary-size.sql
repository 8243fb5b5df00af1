SELECT
  count(*)::INTEGER AS pair_count,
  count(DISTINCT "key")::INTEGER AS key_count,
  coalesce(sum(strlen(text)), 0)::DOUBLE AS text_bytes
FROM {from}.annotation_values
