-- Row ids first: a join that carried the text would read all of it.
WITH wanted AS (
  SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo
),
found AS (
  SELECT documents.rowid AS row_id
  FROM {from}.documents AS documents
  JOIN wanted USING (trace_hi, trace_lo)
)
SELECT trace_hi, trace_lo, received_us, text
FROM {from}.documents
WHERE rowid IN (SELECT row_id FROM found)
ORDER BY rowid
