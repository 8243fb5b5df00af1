DELETE FROM {head}.traces AS traces
USING (SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo) AS gone
WHERE traces.trace_hi = gone.trace_hi
  AND traces.trace_lo = gone.trace_lo
