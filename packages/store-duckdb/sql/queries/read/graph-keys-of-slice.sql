SELECT {no} AS source_no, key_no, role, source, target, alias
FROM {from}.graph_keys
