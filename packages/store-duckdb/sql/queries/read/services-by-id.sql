SELECT id, name, type, account_id
FROM memory.main.services
WHERE id IN ({numbers})
