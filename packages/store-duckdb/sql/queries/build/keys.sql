-- `keys`: what every source's facts are about.
CREATE OR REPLACE TEMP TABLE build_keys AS
SELECT
  (row_number() OVER (ORDER BY role, source, target, alias) - 1)::INTEGER AS key_no,
  role, source, target, alias
FROM (SELECT DISTINCT role, source, target, alias FROM ({keys}));
INSERT INTO {into}.graph_keys
SELECT key_no, role, source, target, alias
FROM build_keys
ORDER BY key_no
