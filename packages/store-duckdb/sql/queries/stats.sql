SELECT
  (SELECT count(*) FROM traces) AS trace_count,
  (SELECT count(*) FROM documents) AS document_count
