SELECT
  {place} AS source_no, trace_no, revision, start_us, duration_us, response_time_us, flags, http_method, http_url, http_status, user_agent,
  client_ip, entry_point, services, users, resource_arns, instance_ids, availability_zones, updated_us, entity_count,
  {findings}
FROM {from}.traces
WHERE {wanted}
