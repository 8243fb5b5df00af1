INSERT INTO {into}.about
SELECT
  $1, $2, $3, $4, $5,
  (SELECT count(*) FROM {into}.facts),
  $6, $7, $8, $9, $10, $11, $12
