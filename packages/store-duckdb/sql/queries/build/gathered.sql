CREATE OR REPLACE TEMP TABLE build_gathered (annotation_id INTEGER, trace_no INTEGER, set_no INTEGER)
