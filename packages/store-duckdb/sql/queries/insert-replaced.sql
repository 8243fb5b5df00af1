INSERT INTO {head}.replaced
SELECT unnest($1), unnest($2)
