-- `rows`: the rows to copy, each by its source and row id; here in the order they will stand in.
CREATE OR REPLACE TEMP TABLE build_places AS
SELECT row_number() OVER () - 1 AS place, trace_no, source_no, row_id
FROM (
  SELECT trace_no, source_no, row_id
  FROM ({rows})
  ORDER BY trace_no, source_no, row_id
)
