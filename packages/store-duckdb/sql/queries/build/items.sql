-- Annotations of a head, one a row.
CREATE OR REPLACE TEMP TABLE build_items_{no} AS
SELECT trace_no, item."key", item.text, item.number, item.flag, item.services
FROM (
  SELECT build_ids.trace_no, unnest(annotations) AS item
  FROM {from}.traces AS traces
  JOIN build_ids ON build_ids.row_id = traces.rowid
  WHERE row_source = {no}
)
