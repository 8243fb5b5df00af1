SELECT
  (SELECT count(*) FROM {into}.traces) AS trace_count,
  (SELECT count(*) FROM {into}.documents) AS document_count,
  (SELECT min(received_us) FROM {into}.documents) AS first_received_us,
  (SELECT max(received_us) FROM {into}.documents) AS last_received_us,
  least(first_row_start_us, first_fact_start_us) AS first_start_us,
  greatest(last_row_start_us, last_fact_start_us) AS last_start_us,
  least(first_row_end_us, first_fact_end_us) AS first_end_us,
  greatest(last_row_end_us, last_fact_end_us) AS last_end_us
FROM (
  SELECT
    min(start_us) AS first_row_start_us,
    max(start_us) AS last_row_start_us,
    min(start_us + duration_us) AS first_row_end_us,
    max(start_us + duration_us) AS last_row_end_us
  FROM {into}.traces
),
(
  SELECT
    min(end_us - duration_us) AS first_fact_start_us,
    max(end_us - duration_us) AS last_fact_start_us,
    min(end_us) AS first_fact_end_us,
    max(end_us) AS last_fact_end_us
  FROM {into}.facts
)
