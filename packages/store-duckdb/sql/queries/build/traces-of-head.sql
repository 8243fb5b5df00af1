SELECT
  place, places.trace_no, revision, start_us, end_us - start_us, response_time_us,
  (fault::INTEGER + 2 * error::INTEGER + 4 * throttle::INTEGER + 8 * partial::INTEGER + 16 * inferred::INTEGER)::UTINYINT,
  http_method, http_url, http_status, user_agent, client_ip, entry_point, services, users, resource_arns,
  instance_ids, availability_zones, updated_us, entity_count, outcomes, cause_shape, cause_coverages
FROM {from}.traces AS found
JOIN (SELECT place, trace_no, row_id FROM build_places WHERE place >= $1 AND place < $2 AND source_no = {no}) AS places
  ON places.row_id = found.rowid
WHERE found.rowid BETWEEN {first} AND {last}
