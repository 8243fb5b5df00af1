-- One head: what was written since the last slice, in a schema of its own in memory. Run after `USE memory.head_N`.
-- A trace id is two halves of 16 hex digits each; as (hi, lo) they sort like the text.
-- Rows stand in the order they were written: `rowid` tells it.
CREATE TABLE documents (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL,
  received_us BIGINT NOT NULL,
  text VARCHAR NOT NULL
);

-- One row a trace; what it replaced in this head is deleted.
-- Numbers that come from documents are DOUBLE, so that any JavaScript number is kept.
-- `annotation_ids`, and in the same places `annotation_sets`: who of the services has each.
CREATE TABLE traces (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL,
  revision BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  response_time_us DOUBLE,
  fault BOOLEAN NOT NULL,
  error BOOLEAN NOT NULL,
  throttle BOOLEAN NOT NULL,
  partial BOOLEAN NOT NULL,
  inferred BOOLEAN NOT NULL,
  http_method VARCHAR,
  http_url VARCHAR,
  http_status DOUBLE,
  user_agent VARCHAR,
  client_ip VARCHAR,
  entry_point INTEGER,
  services INTEGER[] NOT NULL,
  annotation_ids INTEGER[] NOT NULL,
  annotation_sets INTEGER[] NOT NULL,
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

-- Pairs of key and value; exactly one of text, number and flag is set. A pair may stand here more than once.
CREATE TABLE annotation_values (
  annotation_id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  text VARCHAR,
  number DOUBLE,
  flag BOOLEAN
);

-- Lists of indexes into a row's services, likewise.
CREATE TABLE annotation_services (
  set_no INTEGER NOT NULL,
  services INTEGER[] NOT NULL
);

-- `role`: 0 edge, 1 active, 2 active root, 3 inferred, 4 inferred root. A node has source 0.
-- `outcome`: 0 ok, 1 error, 2 throttle, 3 fault, 4 pending.
CREATE TABLE facts (
  end_us BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  bucket_us BIGINT NOT NULL,
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  role UTINYINT NOT NULL,
  outcome UTINYINT NOT NULL,
  sign TINYINT NOT NULL,
  alias VARCHAR
);

-- Traces whose row here stands for rows that older sources may have.
CREATE TABLE replaced (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL
);
