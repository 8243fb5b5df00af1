SELECT services.id
FROM memory.main.services
JOIN (SELECT unnest($1) AS name, unnest($2) AS type, unnest($3) AS account_id) AS wanted
  ON services.name = wanted.name
  AND services.type IS NOT DISTINCT FROM wanted.type
  AND services.account_id IS NOT DISTINCT FROM wanted.account_id
