-- One row a check: what is wrong, and how many rows it is wrong of.
WITH
-- Rollups as they follow from the facts.
periods AS (
  SELECT 5 AS minutes, 300000000 AS period_us
  UNION ALL
  SELECT 60, 3600000000
),
single_facts AS (
  SELECT end_us, duration_us, unnest(key_nos) AS key_no, outcome, fact_count
  FROM {from}.facts
  JOIN {from}.graph_key_sets USING (set_no)
),
expected_sums AS (
  SELECT
    minutes,
    floor(end_us / period_us)::BIGINT * minutes AS minute,
    key_no, outcome,
    sum(fact_count)::BIGINT AS fact_count,
    sum(fact_count * duration_us)::BIGINT AS duration_us
  FROM single_facts, periods
  GROUP BY ALL
  HAVING sum(fact_count) <> 0 OR sum(fact_count * duration_us) <> 0
),
stored_sums AS (
  SELECT minutes, minute::BIGINT AS minute, key_no, outcome, fact_count::BIGINT AS fact_count, duration_us
  FROM (
    SELECT 5 AS minutes, minute, key_no, outcome, fact_count, duration_us FROM {from}.rollup_sums_5
    UNION ALL
    SELECT 60, minute, key_no, outcome, fact_count, duration_us FROM {from}.rollup_sums_60
  )
  WHERE fact_count <> 0 OR duration_us <> 0
),
-- Of histograms the totals; 4 is `pending`.
expected_histograms AS (
  SELECT minutes, minute, key_no, sum(fact_count)::BIGINT AS fact_count
  FROM expected_sums
  WHERE outcome <> 4
  GROUP BY ALL
  HAVING sum(fact_count) <> 0
),
stored_histograms AS (
  SELECT minutes, minute::BIGINT AS minute, key_no, list_sum(counts)::BIGINT AS fact_count
  FROM (
    SELECT 5 AS minutes, minute, key_no, counts FROM {from}.rollup_histograms_5
    UNION ALL
    SELECT 60, minute, key_no, counts FROM {from}.rollup_histograms_60
  )
  WHERE list_sum(counts) <> 0
)
SELECT 'about: the number of traces is another', count(*)
FROM {from}.about
WHERE trace_count <> (SELECT count(*) FROM {from}.traces)
UNION ALL
SELECT 'about: the number of documents is another', count(*)
FROM {from}.about
WHERE document_count <> (SELECT count(*) FROM {from}.documents)
UNION ALL
SELECT 'about: the number of facts is another', count(*)
FROM {from}.about
WHERE fact_count <> (SELECT count(*) FROM {from}.facts)
UNION ALL
SELECT 'documents outside of the times of arrival', count(*)
FROM {from}.documents, {from}.about
WHERE received_us NOT BETWEEN first_received_us AND last_received_us
UNION ALL
SELECT 'traces outside of the times of start and end', count(*)
FROM {from}.traces, {from}.about
WHERE start_us NOT BETWEEN first_start_us AND last_start_us
  OR start_us + duration_us NOT BETWEEN first_end_us AND last_end_us
UNION ALL
SELECT 'facts outside of the times of start and end', count(*)
FROM {from}.facts, {from}.about
WHERE end_us NOT BETWEEN first_end_us AND last_end_us
  OR end_us - duration_us NOT BETWEEN first_start_us AND last_start_us
UNION ALL
SELECT 'ids out of order', count(*)
FROM (SELECT trace_hi, trace_lo, lag(trace_hi) OVER () AS hi_before, lag(trace_lo) OVER () AS lo_before FROM {from}.ids)
WHERE trace_hi < hi_before OR (trace_hi = hi_before AND trace_lo <= lo_before)
UNION ALL
SELECT 'documents out of order', count(*)
FROM (SELECT trace_no, lag(trace_no) OVER () AS no_before FROM {from}.documents)
WHERE trace_no < no_before
UNION ALL
SELECT 'traces out of order', count(*)
FROM (
  SELECT trace_no, start_us, lag(trace_no) OVER () AS no_before, lag(start_us) OVER () AS start_before
  FROM {from}.traces
)
WHERE trace_no <= no_before OR start_us < start_before
UNION ALL
SELECT 'facts out of order', count(*)
FROM (SELECT end_us, lag(end_us) OVER () AS end_before FROM {from}.facts)
WHERE end_us < end_before
UNION ALL
SELECT 'documents without a trace id', count(*)
FROM {from}.documents
WHERE trace_no NOT IN (SELECT trace_no FROM {from}.ids)
UNION ALL
SELECT 'traces without a trace id', count(*)
FROM {from}.traces
WHERE trace_no NOT IN (SELECT trace_no FROM {from}.ids)
UNION ALL
SELECT 'facts without a trace id', count(*)
FROM {from}.facts
WHERE trace_no NOT IN (SELECT trace_no FROM {from}.ids)
UNION ALL
SELECT 'annotations without their trace or value', count(*)
FROM {from}.annotation_traces
WHERE trace_no NOT IN (SELECT trace_no FROM {from}.traces)
  OR annotation_id NOT IN (SELECT annotation_id FROM {from}.annotation_values)
UNION ALL
SELECT 'facts of an unknown set of keys', count(*)
FROM {from}.facts
WHERE set_no NOT IN (SELECT set_no FROM {from}.graph_key_sets)
UNION ALL
SELECT 'unknown keys in a set', count(*)
FROM (SELECT unnest(key_nos) AS key_no FROM {from}.graph_key_sets)
WHERE key_no NOT IN (SELECT key_no FROM {from}.graph_keys)
UNION ALL
SELECT 'services without a name', count(*)
FROM (
  SELECT unnest(services) AS id FROM {from}.traces
  UNION
  SELECT source FROM {from}.graph_keys WHERE role = 0
  UNION
  SELECT target FROM {from}.graph_keys
)
WHERE id NOT IN (SELECT id FROM {from}.services)
UNION ALL
SELECT 'sums that do not follow from the facts', count(*)
FROM ((FROM expected_sums EXCEPT FROM stored_sums) UNION ALL (FROM stored_sums EXCEPT FROM expected_sums))
UNION ALL
SELECT 'histograms that do not follow from the facts', count(*)
FROM (
  (FROM expected_histograms EXCEPT FROM stored_histograms)
  UNION ALL
  (FROM stored_histograms EXCEPT FROM expected_histograms)
)
