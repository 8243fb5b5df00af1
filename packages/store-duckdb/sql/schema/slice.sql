-- One slice: written once, sorted, then only read. `into` is where.
-- Its traces are numbered by start, equal starts by id: the higher number comes first in an answer. Whatever is known of
-- a trace here goes by that number, also when the row that stands is in another source.

-- By id.
CREATE TABLE {into}.ids (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL,
  trace_no INTEGER NOT NULL
);

-- By number; those of one trace in the order they were written.
CREATE TABLE {into}.documents (
  trace_no INTEGER NOT NULL,
  received_us BIGINT NOT NULL,
  text VARCHAR NOT NULL USING COMPRESSION zstd
);

-- By number. Slices of 0.1 lack the last three columns. Columns as in a head, but `flags`: 1 fault, 2 error, 4 throttle, 8 partial, 16 inferred, added up.
CREATE TABLE {into}.traces (
  trace_no INTEGER NOT NULL,
  revision BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  response_time_us DOUBLE,
  flags UTINYINT NOT NULL,
  http_method VARCHAR,
  http_url VARCHAR,
  http_status DOUBLE,
  user_agent VARCHAR,
  client_ip VARCHAR,
  entry_point INTEGER,
  services INTEGER[] NOT NULL,
  users STRUCT(name VARCHAR, services INTEGER[])[] NOT NULL,
  resource_arns VARCHAR[] NOT NULL,
  instance_ids VARCHAR[] NOT NULL,
  availability_zones VARCHAR[] NOT NULL,
  updated_us BIGINT NOT NULL,
  entity_count BIGINT NOT NULL,
  outcomes INTEGER[] NOT NULL,
  cause_shape VARCHAR,
  cause_coverages INTEGER[] NOT NULL
);

-- Distinct pairs, by key and value; exactly one of text, number and flag is set.
CREATE TABLE {into}.annotation_values (
  annotation_id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  text VARCHAR,
  number DOUBLE,
  flag BOOLEAN
);

-- Distinct lists of indexes into a row's services.
CREATE TABLE {into}.annotation_services (
  set_no INTEGER NOT NULL,
  services INTEGER[] NOT NULL
);

-- Which trace has which annotation, by blocks of traces, then by annotation: a search reads a part of each block, the
-- annotations of one trace are in one block (ADR-009).
CREATE TABLE {into}.annotation_traces (
  annotation_id INTEGER NOT NULL,
  trace_no INTEGER NOT NULL,
  set_no INTEGER NOT NULL
);

-- What facts are about; roles and outcomes are numbered as in a head.
CREATE TABLE {into}.graph_keys (
  key_no INTEGER NOT NULL,
  role UTINYINT NOT NULL,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  alias VARCHAR
);

-- Sets of keys: a call is mostly a fact of the node that took it and one of the edge that led there, alike in all else.
CREATE TABLE {into}.graph_key_sets (
  set_no INTEGER NOT NULL,
  key_nos INTEGER[] NOT NULL
);

-- By end; a fact of each key of the set. What was taken back in this slice is left out; a negative count takes back what
-- is in an older one.
CREATE TABLE {into}.facts (
  end_us BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  trace_no INTEGER NOT NULL,
  set_no INTEGER NOT NULL,
  outcome UTINYINT NOT NULL,
  fact_count INTEGER NOT NULL
);

-- Sums over the facts that ended in the 5 minutes, or the hour, from `minute` on, counted from 1970. By minute.
CREATE TABLE {into}.rollup_sums_5 (
  minute INTEGER NOT NULL,
  key_no INTEGER NOT NULL,
  outcome UTINYINT NOT NULL,
  fact_count INTEGER NOT NULL,
  duration_us BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL
);

CREATE TABLE {into}.rollup_sums_60 (
  minute INTEGER NOT NULL,
  key_no INTEGER NOT NULL,
  outcome UTINYINT NOT NULL,
  fact_count INTEGER NOT NULL,
  duration_us BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL
);

-- Their histograms, `pending` not counted: buckets by number (src/bucket-number.ts), ascending, and how many in each.
CREATE TABLE {into}.rollup_histograms_5 (
  minute INTEGER NOT NULL,
  key_no INTEGER NOT NULL,
  buckets INTEGER[] NOT NULL,
  counts INTEGER[] NOT NULL
);

CREATE TABLE {into}.rollup_histograms_60 (
  minute INTEGER NOT NULL,
  key_no INTEGER NOT NULL,
  buckets INTEGER[] NOT NULL,
  counts INTEGER[] NOT NULL
);

-- Those of all services that this slice names.
CREATE TABLE {into}.services (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  type VARCHAR,
  account_id VARCHAR
);

-- Traces that may have rows in sources older than this slice.
CREATE TABLE {into}.replaced (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL
);
