SELECT count(*) AS posting_count
FROM {from}.annotation_traces
