-- A mark is on more than half of the servers, and the highest counts: reading all that can be reached misses none.
SELECT
  origin,
  maxIf(sequence, state = 'begun') AS begun_sequence,
  maxIf(sequence, state = 'done') AS done_sequence,
  argMaxIf(position, sequence, state = 'begun') AS begun_position,
  max(next_position) AS next_position
FROM {{everywhere progress}}
GROUP BY origin
SETTINGS skip_unavailable_shards = 1
