SELECT {place}::INTEGER AS source_no, trace_no, annotation_id, set_no
FROM {from}.annotation_traces
WHERE trace_no IN ({numbers})
