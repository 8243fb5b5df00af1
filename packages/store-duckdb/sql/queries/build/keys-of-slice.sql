SELECT role, source, target, alias
FROM {from}.graph_keys
