-- `replaced`: what every source replaces and has rows of. What only replaces a row of another of these sources is settled.
INSERT INTO {into}.replaced
SELECT trace_hi, trace_lo
FROM ({replaced})
GROUP BY trace_hi, trace_lo
HAVING min(source_no) FILTER (WHERE NOT has_row) = min(source_no)
ORDER BY trace_hi, trace_lo
