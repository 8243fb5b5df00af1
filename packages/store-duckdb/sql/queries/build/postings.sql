-- `postings`: those of the traces of one step. By block of traces, annotation and trace: one number sorts faster.
INSERT INTO {into}.annotation_traces
SELECT annotation_id, trace_no, set_no
FROM ({postings})
ORDER BY ((trace_no // {block})::BIGINT * 4294967296 + annotation_id) * 65536 + trace_no % {block}
