SELECT numbers.trace_no, {no} AS source_no, documents.rowid AS row_id
FROM {from}.documents AS documents
JOIN build_numbers_{no} AS numbers ON documents.trace_no = numbers.old_no
