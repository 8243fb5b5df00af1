SELECT id, name, type, account_id
FROM services
WHERE id IN (SELECT unnest($1))
