SELECT
  first_order, last_order, trace_count, document_count, fact_count,
  first_start_us, last_start_us, first_end_us, last_end_us, first_received_us, last_received_us, filter
FROM {from}.about
