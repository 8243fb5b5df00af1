WITH found AS MATERIALIZED (
  SELECT annotation_id, trace_no, set_no
  FROM {from}.annotation_traces
  WHERE trace_no IN ({numbers})
)
SELECT trace_no, "key", text, number, flag, services
FROM found
JOIN {from}.annotation_values USING (annotation_id)
JOIN {from}.annotation_services USING (set_no)
