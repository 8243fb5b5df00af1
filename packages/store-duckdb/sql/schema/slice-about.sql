-- What the engine keeps in a slice beside its rows (slice.sql). `{into}` is the slice's prefix.
-- One row: all that is needed of the slice at open. The filter's layout stands in src/slices/bloom.ts.
CREATE TABLE {into}.about (
  format INTEGER NOT NULL,
  first_order BIGINT NOT NULL,
  last_order BIGINT NOT NULL,
  trace_count BIGINT NOT NULL,
  document_count BIGINT NOT NULL,
  fact_count BIGINT NOT NULL,
  first_start_us BIGINT,
  last_start_us BIGINT,
  first_end_us BIGINT,
  last_end_us BIGINT,
  first_received_us BIGINT,
  last_received_us BIGINT,
  filter BLOB NOT NULL
);

-- Highest sequence of each origin in this slice and all before it, so that the newest slice alone says how far all is.
CREATE TABLE {into}.progress (
  origin VARCHAR NOT NULL,
  sequence BIGINT NOT NULL
);
