SELECT
  place, places.trace_no, revision, start_us, duration_us, response_time_us, flags, http_method, http_url, http_status,
  user_agent, client_ip, entry_point, services, users, resource_arns, instance_ids, availability_zones, updated_us,
  entity_count, {findings}
FROM {from}.traces AS found
JOIN (SELECT place, trace_no, row_id FROM build_places WHERE place >= $1 AND place < $2 AND source_no = {no}) AS places
  ON places.row_id = found.rowid
WHERE found.rowid BETWEEN {first} AND {last}
