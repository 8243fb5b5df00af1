-- `known`: every source's traces. The newest source that has a row of a trace gives it.
CREATE OR REPLACE TEMP TABLE build_ids AS
SELECT
  (row_number() OVER (ORDER BY start_us, trace_hi, trace_lo) - 1)::INTEGER AS trace_no,
  trace_hi, trace_lo, row_source, row_id
FROM (
  SELECT
    trace_hi, trace_lo,
    coalesce(arg_max(start_us, row_source), 0) AS start_us,
    max(row_source) AS row_source,
    arg_max(row_id, row_source) AS row_id
  FROM ({known})
  GROUP BY trace_hi, trace_lo
);
INSERT INTO {into}.ids
SELECT trace_hi, trace_lo, trace_no
FROM build_ids
ORDER BY trace_hi, trace_lo
