-- What each day takes on disk, over all tables; of a cluster, one replica of each shard.
SELECT
  toUInt32(toDate(partition)) AS day,
  sumIf(rows, table IN ('documents', 'documents_local')) AS document_count,
  sum(bytes_on_disk) AS size_bytes
FROM {{of-each-shard system.parts}}
WHERE database = {database:String}
  AND active
  AND table IN ({tables:Array(String)})
GROUP BY day
ORDER BY day
