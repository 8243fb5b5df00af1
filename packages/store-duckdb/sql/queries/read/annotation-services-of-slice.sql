SELECT set_no, services
FROM {from}.annotation_services
WHERE set_no IN ({numbers})
