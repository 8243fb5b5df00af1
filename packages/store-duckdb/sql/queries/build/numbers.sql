CREATE OR REPLACE TEMP TABLE build_numbers_{no} AS
SELECT ids.trace_no AS old_no, build_ids.trace_no
FROM {from}.ids AS ids
JOIN build_ids USING (trace_hi, trace_lo)
