-- As graph-cells.sql. `facts.alias` is the column; `alias` alone would be the one that is selected, which is never null.
SELECT period, source, target, alias, sum(cells.fact_count) AS fact_total
FROM (
  SELECT
    intDiv(end_minute * 60000000 - {start:Int64}, {period:Int64}) AS period,
    source, target, alias, fact_count
  FROM alias_minutes
  WHERE end_minute >= {firstMinute:Int64}
    AND end_minute <= {lastMinute:Int64}
    AND end_minute NOT IN (SELECT arrayJoin({cutMinutes:Array(Int64)}))
    AND {{scope}}
  UNION ALL
  SELECT
    intDiv(end_us - {start:Int64}, {period:Int64}) AS period,
    source, target, assumeNotNull(facts.alias) AS alias,
    toInt64(sign) AS fact_count
  FROM facts
  WHERE end_minute IN (SELECT arrayJoin({cutMinutes:Array(Int64)}))
    AND end_us >= {from:Int64}
    AND end_us < {to:Int64}
    AND isNotNull(facts.alias)
    AND {{scope}}
) AS cells
GROUP BY period, source, target, alias
HAVING fact_total > 0
