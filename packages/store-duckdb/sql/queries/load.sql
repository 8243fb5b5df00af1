SELECT
  (SELECT sequence FROM progress) AS sequence,
  (SELECT coalesce(max(position) + 1, 0) FROM documents) AS next_position,
  (SELECT coalesce(max(id) + 1, 1) FROM services) AS next_service_id
