-- The minutes let the primary key find the rows.
SELECT
  hex(trace_id), revision, start_us, end_us, response_time_us, fault, error, throttle, partial, inferred,
  http_method, http_url, http_status, user_agent, client_ip, entry_point,
  service_names, service_types, service_accounts,
  annotation_keys, annotation_kinds, annotation_texts, annotation_numbers, annotation_services,
  user_names, user_services, resource_arns, instance_ids, availability_zones, updated_us, entity_count,
  outcomes, cause_shape, cause_coverages
FROM traces FINAL
WHERE start_minute IN (SELECT arrayJoin({minutes:Array(Int32)}))
  AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
