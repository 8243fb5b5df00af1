-- `blocks`: every table's segments.
WITH segments AS MATERIALIZED ({blocks}),
used AS (
  SELECT DISTINCT table_name, block_id FROM segments WHERE block_id >= 0
  UNION
  SELECT table_name, unnest(additional_block_ids) FROM segments
),
shares AS (
  SELECT table_name, 1 / count(*) OVER (PARTITION BY block_id) AS share
  FROM used
)
SELECT
  table_name,
  any_value(row_count),
  coalesce((SELECT sum(share) FROM shares WHERE shares.table_name = segments.table_name), 0)
    * (SELECT block_size FROM pragma_database_size() WHERE database_name = '{database}')
FROM segments
GROUP BY table_name
ORDER BY table_name
