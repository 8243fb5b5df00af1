SELECT
  rowid AS row_no,
  trace_hi, trace_lo, revision, start_us, end_us, response_time_us, fault, error, throttle, partial, inferred,
  http_method, http_url, http_status, user_agent, client_ip, entry_point, services, users,
  resource_arns, instance_ids, availability_zones, updated_us, entity_count, outcomes,
  cause_shape, cause_coverages
FROM {from}.traces
WHERE rowid IN ({numbers})
