SELECT services
FROM {from}.annotation_services
