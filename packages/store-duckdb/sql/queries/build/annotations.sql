-- `annotations`: every source's pairs; `sets`: their lists of services.
CREATE OR REPLACE TEMP TABLE build_values AS
SELECT
  (row_number() OVER (ORDER BY "key", flag, number, text) - 1)::INTEGER AS annotation_id,
  "key", text, number, flag
FROM (SELECT DISTINCT "key", text, number, flag FROM ({annotations}));
CREATE OR REPLACE TEMP TABLE build_sets AS
SELECT (row_number() OVER (ORDER BY len(services), services) - 1)::INTEGER AS set_no, services
FROM (SELECT DISTINCT services FROM ({sets}));
INSERT INTO {into}.annotation_values
SELECT annotation_id, "key", text, number, flag
FROM build_values
ORDER BY annotation_id;
INSERT INTO {into}.annotation_services
SELECT set_no, services
FROM build_sets
ORDER BY set_no
