SELECT set_no, services
FROM {from}.annotation_services
LIMIT {limit}
