SELECT
  (SELECT count(*) FROM {from}.traces) AS row_count,
  (SELECT count(*) FROM {from}.documents) AS document_count
