SELECT rowid AS row_id, trace_no, received_us, text
FROM {from}.documents
WHERE trace_no IN ({numbers})
