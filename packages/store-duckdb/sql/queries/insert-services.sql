INSERT INTO memory.main.services
SELECT unnest($1) AS id, unnest($2) AS name, unnest($3) AS type, unnest($4) AS account_id
