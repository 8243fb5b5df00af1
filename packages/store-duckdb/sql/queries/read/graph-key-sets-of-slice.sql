SELECT {no} AS source_no, set_no, key_nos
FROM {from}.graph_key_sets
