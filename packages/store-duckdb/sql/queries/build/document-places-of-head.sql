SELECT build_ids.trace_no, {no} AS source_no, documents.rowid AS row_id
FROM {from}.documents AS documents
JOIN build_ids USING (trace_hi, trace_lo)
