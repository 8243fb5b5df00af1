INSERT INTO memory.main.services
SELECT id, name, type, account_id
FROM {from}.services
WHERE id NOT IN (SELECT id FROM memory.main.services)
