INSERT INTO {into}.{table}
SELECT * EXCLUDE (place)
FROM ({rows})
ORDER BY place
