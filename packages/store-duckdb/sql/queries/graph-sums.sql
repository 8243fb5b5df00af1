-- Follows one of the graph-scope queries. Three kinds of rows, told apart by `part`: 0 cell, 1 extent, 2 alias.
-- A fact that was taken back is equal to its opposite in every column, so each pair cancels within its group,
-- however coarse the groups are.
cells AS (
  SELECT
    role, source, target, outcome, bucket_us,
    sum(sign) AS fact_count,
    sum(sign * (end_us - start_us)) AS duration_us,
    min(start_us) AS start_us,
    max(end_us) AS end_us
  FROM scoped
  GROUP BY ALL
),
-- Where something was taken back, earliest start and latest end are looked for among what stands: first by minute,
-- which leaves few groups, then among the facts of the first and the last minute in which any stands.
changed AS (
  SELECT DISTINCT role, source, target
  FROM scoped
  WHERE sign < 0
),
minutes AS (
  SELECT
    role, source, target,
    start_us // 60000000 AS start_minute,
    end_us // 60000000 AS end_minute,
    sum(sign) AS fact_count
  FROM scoped
  JOIN changed USING (role, source, target)
  GROUP BY ALL
),
bounds AS (
  SELECT role, source, target, min(start_minute) AS first_minute, max(end_minute) AS last_minute
  FROM minutes
  WHERE fact_count > 0
  GROUP BY ALL
),
starts AS (
  SELECT role, source, target, start_us
  FROM scoped
  JOIN bounds USING (role, source, target)
  WHERE start_us // 60000000 = first_minute
  GROUP BY ALL
  HAVING sum(sign) > 0
),
ends AS (
  SELECT role, source, target, end_us
  FROM scoped
  JOIN bounds USING (role, source, target)
  WHERE end_us // 60000000 = last_minute
  GROUP BY ALL
  HAVING sum(sign) > 0
),
first_starts AS (
  SELECT role, source, target, min(start_us) AS start_us
  FROM starts
  GROUP BY ALL
),
last_ends AS (
  SELECT role, source, target, max(end_us) AS end_us
  FROM ends
  GROUP BY ALL
),
names AS (
  SELECT role, source, target, alias, sum(sign) AS fact_count
  FROM scoped
  WHERE alias IS NOT NULL
  GROUP BY ALL
)
SELECT 0 AS part, role, source, target, outcome, bucket_us, fact_count, duration_us, start_us, end_us, NULL AS alias
FROM cells
UNION ALL
SELECT 1, role, source, target, NULL, NULL, NULL, NULL, start_us, end_us, NULL
FROM first_starts
JOIN last_ends USING (role, source, target)
UNION ALL
SELECT 2, role, source, target, NULL, NULL, NULL, NULL, NULL, NULL, alias
FROM names
WHERE fact_count > 0
