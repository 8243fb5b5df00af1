-- Over all sources; in memory, rebuilt from the slices at open.
-- Numbered from 1. What `traces.services`, `facts.source` and `facts.target` point at.
CREATE TABLE services (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  type VARCHAR,
  account_id VARCHAR
);

-- Rows of this trace in sources whose order is below `order_no` are stale: the source of that order has a newer one.
CREATE TABLE superseded (
  trace_hi UBIGINT NOT NULL,
  trace_lo UBIGINT NOT NULL,
  order_no BIGINT NOT NULL
);
