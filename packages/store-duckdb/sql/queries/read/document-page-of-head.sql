-- Row ids first: text is read of those alone.
WITH found AS (
  SELECT rowid AS row_id
  FROM {from}.documents
  WHERE trace_hi = {hi} AND trace_lo = {lo}
  ORDER BY rowid
  LIMIT {limit} OFFSET {skip}
)
SELECT received_us, text
FROM {from}.documents
WHERE rowid IN (SELECT row_id FROM found)
ORDER BY rowid
