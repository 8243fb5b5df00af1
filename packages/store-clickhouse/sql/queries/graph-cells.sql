-- Whole minutes come from their sums, minutes that a period's border cuts from the facts themselves. `{{scope}}` narrows both.
-- A row for each outcome, with its histogram as two arrays: far less text than a row for each bucket.
SELECT
  period, role, source, target, outcome,
  sum(buckets.fact_count) AS fact_total,
  sum(buckets.duration_us) AS duration_total,
  min(buckets.start_us) AS first_start_us,
  max(buckets.end_us) AS last_end_us,
  groupArray(bucket_us) AS histogram_buckets,
  groupArray(buckets.fact_count) AS histogram_counts
FROM (
  SELECT
    period, role, source, target, outcome, bucket_us,
    sum(cells.fact_count) AS fact_count,
    sum(cells.duration_us) AS duration_us,
    min(cells.start_us) AS start_us,
    max(cells.end_us) AS end_us
  FROM (
    SELECT
      intDiv(end_minute * 60000000 - {start:Int64}, {period:Int64}) AS period,
      role, source, target, outcome, bucket_us, fact_count, duration_us, start_us, end_us
    FROM graph_minutes
    WHERE end_minute >= {firstMinute:Int64}
      AND end_minute <= {lastMinute:Int64}
      AND end_minute NOT IN (SELECT arrayJoin({cutMinutes:Array(Int64)}))
      AND {{scope}}
    UNION ALL
    SELECT
      intDiv(end_us - {start:Int64}, {period:Int64}) AS period,
      role, source, target, outcome, bucket_us,
      toInt64(sign) AS fact_count,
      if(outcome = 'pending', 0, sign * (end_us - start_us)) AS duration_us,
      start_us, end_us
    FROM facts
    WHERE end_minute IN (SELECT arrayJoin({cutMinutes:Array(Int64)}))
      AND end_us >= {from:Int64}
      AND end_us < {to:Int64}
      AND {{scope}}
  ) AS cells
  GROUP BY period, role, source, target, outcome, bucket_us
  HAVING fact_count != 0
) AS buckets
GROUP BY period, role, source, target, outcome
