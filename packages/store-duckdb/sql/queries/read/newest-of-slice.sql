SELECT trace_no AS row_no, start_us, trace_hi, trace_lo
FROM (
  SELECT trace_no, start_us
  FROM {from}.traces AS traces
  WHERE {where}
  ORDER BY trace_no DESC
  LIMIT {limit}
)
JOIN {from}.ids USING (trace_no)
