-- The bounds skip all row groups but those that hold the rows; the ids decide.
DELETE FROM traces
USING (SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo) AS gone
WHERE traces.start_us BETWEEN $3 AND $4
  AND traces.trace_hi = gone.trace_hi
  AND traces.trace_lo = gone.trace_lo
