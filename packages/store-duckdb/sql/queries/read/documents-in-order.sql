SELECT trace_no, received_us, text
FROM ({parts})
ORDER BY row_id
