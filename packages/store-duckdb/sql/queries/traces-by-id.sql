-- Row ids first, as for documents: only the rows wanted are read whole.
WITH wanted AS (
  SELECT unnest($1) AS trace_hi, unnest($2) AS trace_lo
),
found AS (
  SELECT traces.rowid AS row_id
  FROM traces
  JOIN wanted USING (trace_hi, trace_lo)
)
SELECT
  trace_hi, trace_lo, revision, start_us, end_us, response_time_us, fault, error, throttle, partial, inferred,
  http_method, http_url, http_status, user_agent, client_ip, entry_point, services, annotations, users,
  resource_arns, instance_ids, availability_zones, updated_us, entity_count
FROM traces
WHERE rowid IN (SELECT row_id FROM found)
