-- An empty table has no segments.
SELECT '{table}' AS table_name, row_count, block_id, additional_block_ids
FROM (SELECT count(*) AS row_count FROM {from}.{table})
LEFT JOIN pragma_storage_info('{from}.{table}') ON true
