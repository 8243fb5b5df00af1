CREATE OR REPLACE TEMP TABLE build_values_{no} AS
SELECT old.annotation_id AS old_id, v.annotation_id
FROM {from}.annotation_values AS old
JOIN build_values AS v
  ON v."key" = old."key"
  AND v.text IS NOT DISTINCT FROM old.text
  AND v.number IS NOT DISTINCT FROM old.number
  AND v.flag IS NOT DISTINCT FROM old.flag;
CREATE OR REPLACE TEMP TABLE build_sets_{no} AS
SELECT old.set_no AS old_no, s.set_no
FROM {from}.annotation_services AS old
JOIN build_sets AS s USING (services)
