INSERT INTO memory.main.superseded
SELECT unnest($1), unnest($2), $3
