-- One text of many numbers is bound in a fraction of the time that a list of them takes.
SELECT trace_no
FROM {from}.ids
JOIN (
  SELECT
    unnest(string_split($1, ',')::UBIGINT[]) AS trace_hi,
    unnest(string_split($2, ',')::UBIGINT[]) AS trace_lo
) AS wanted USING (trace_hi, trace_lo)
