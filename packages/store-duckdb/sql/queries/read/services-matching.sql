SELECT id
FROM memory.main.services
WHERE ($1 IS NULL OR name = $1)
  AND ($2 IS NULL OR type = $2)
  AND ($3 IS NULL OR account_id = $3)
