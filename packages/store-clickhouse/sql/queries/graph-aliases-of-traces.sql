SELECT 0 AS period, source, target, alias, sum(toInt64(sign)) AS fact_total
FROM facts
WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)) AND isNotNull(alias)
GROUP BY source, target, alias
