CREATE OR REPLACE TEMP TABLE build_key_sets_{no} AS
SELECT sets.set_no, k.key_no
FROM (SELECT set_no, unnest(key_nos) AS key_no FROM {from}.graph_key_sets) AS sets
JOIN {from}.graph_keys AS old USING (key_no)
JOIN build_keys AS k
  ON k.role = old.role
  AND k.source = old.source
  AND k.target = old.target
  AND k.alias IS NOT DISTINCT FROM old.alias
