INSERT INTO {into}.services
SELECT id, name, type, account_id
FROM memory.main.services
WHERE id IN (
  SELECT unnest(services) FROM {into}.traces
  UNION
  SELECT source FROM {into}.graph_keys
  UNION
  SELECT target FROM {into}.graph_keys
)
ORDER BY id
