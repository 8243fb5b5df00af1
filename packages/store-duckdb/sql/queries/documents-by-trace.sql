-- Row ids first: a join that carried the text would decompress all of it.
WITH wanted AS (
  SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo
),
found AS (
  SELECT documents.rowid AS row_id
  FROM documents
  JOIN wanted USING (trace_hi, trace_lo)
)
SELECT trace_hi, trace_lo, segment_id, start_us, received_us, text
FROM documents
WHERE rowid IN (SELECT row_id FROM found)
ORDER BY position
