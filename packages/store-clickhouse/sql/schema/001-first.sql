-- One source for a single server and for a cluster; src/render-schema.ts says what the words in double braces become.
-- Statements end with a semicolon at the end of a line.
--
-- `arrived_day` is when something arrived (a fact that ends later than it arrived: when it ends), so that retention drops partitions
-- whole. Every insert is of one day and thus of one part: there or not there, never half.

-- In the order of `position`, which counts up within a trace.
CREATE TABLE IF NOT EXISTS {{local documents}} {{on cluster}} (
  arrived_day Date,
  trace_id FixedString(16),
  position Int64 CODEC(Delta, ZSTD(1)),
  received_us Int64 CODEC(Delta, ZSTD(1)),
  text String CODEC(ZSTD(1))
)
ENGINE = {{engine MergeTree}}
PARTITION BY arrived_day
ORDER BY (trace_id, position)
SETTINGS {{kept}}, index_granularity = 512;

{{spread documents BY cityHash64(trace_id)}};

-- One row a trace: the one with the highest `written_us`. Sorted by the minute of its start, so that a search reads only what may be in
-- its range; when a trace's start moves to another minute, a row with `deleted` takes the old place away.
CREATE TABLE IF NOT EXISTS {{local traces}} {{on cluster}} (
  arrived_day Date,
  start_minute Int32 CODEC(Delta, ZSTD(1)),
  trace_id FixedString(16),
  written_us Int64 CODEC(Delta, ZSTD(1)),
  deleted UInt8,
  origin LowCardinality(String),
  sequence UInt64 CODEC(Delta, ZSTD(1)),
  revision UInt32,
  start_us Int64 CODEC(Delta, ZSTD(1)),
  end_us Int64 CODEC(Delta, ZSTD(1)),
  response_time_us Nullable(Float64),
  fault Bool,
  error Bool,
  throttle Bool,
  partial Bool,
  inferred Bool,
  http_method LowCardinality(Nullable(String)),
  http_url Nullable(String) CODEC(ZSTD(1)),
  http_status Nullable(Float64),
  user_agent LowCardinality(Nullable(String)),
  client_ip Nullable(String) CODEC(ZSTD(1)),
  entry_point Nullable(UInt32),
  service_names Array(LowCardinality(String)),
  service_types Array(LowCardinality(Nullable(String))),
  service_accounts Array(LowCardinality(Nullable(String))),
  annotation_keys Array(LowCardinality(String)),
  annotation_kinds Array(Enum8('text' = 0, 'number' = 1, 'flag' = 2)),
  annotation_texts Array(String) CODEC(ZSTD(1)),
  annotation_numbers Array(Float64) CODEC(ZSTD(1)),
  annotation_services Array(Array(UInt32)) CODEC(ZSTD(1)),
  user_names Array(String) CODEC(ZSTD(1)),
  user_services Array(Array(UInt32)) CODEC(ZSTD(1)),
  resource_arns Array(LowCardinality(String)),
  instance_ids Array(LowCardinality(String)),
  availability_zones Array(LowCardinality(String)),
  updated_us Int64 CODEC(Delta, ZSTD(1)),
  entity_count UInt32,
  INDEX by_end end_us TYPE minmax GRANULARITY 1,
  INDEX by_sequence sequence TYPE minmax GRANULARITY 4,
  INDEX by_service service_names TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_annotation_key annotation_keys TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_annotation_text annotation_texts TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_annotation_number annotation_numbers TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_user user_names TYPE bloom_filter(0.01) GRANULARITY 1,
  PROJECTION by_trace (SELECT trace_id, start_minute, written_us, deleted ORDER BY trace_id)
)
ENGINE = {{engine ReplacingMergeTree written_us, deleted}}
PARTITION BY arrived_day
ORDER BY (start_minute, trace_id)
SETTINGS {{kept}}, index_granularity = 2048, deduplicate_merge_projection_mode = 'rebuild';

{{spread traces BY cityHash64(trace_id)}};

-- Signed: -1 takes an equal fact back. A service is its key as JSON, [name, type, account]; a node has an empty source.
CREATE TABLE IF NOT EXISTS {{local facts}} {{on cluster}} (
  arrived_day Date,
  end_minute Int32 CODEC(Delta, ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  role Enum8('edge' = 0, 'active' = 1, 'active root' = 2, 'inferred' = 3, 'inferred root' = 4),
  source LowCardinality(String),
  target LowCardinality(String),
  alias LowCardinality(Nullable(String)),
  outcome Enum8('ok' = 0, 'error' = 1, 'throttle' = 2, 'fault' = 3, 'pending' = 4),
  start_us Int64 CODEC(Delta, ZSTD(1)),
  end_us Int64 CODEC(Delta, ZSTD(1)),
  bucket_us Int64 CODEC(T64, ZSTD(1)),
  sign Int8,
  INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine MergeTree}}
PARTITION BY arrived_day
ORDER BY (end_minute, trace_id)
SETTINGS {{kept}};

{{spread facts BY cityHash64(trace_id)}};

-- What a graph over hours reads: facts summed up by the minute of their end.
CREATE TABLE IF NOT EXISTS {{local graph_minutes}} {{on cluster}} (
  arrived_day Date,
  end_minute Int32 CODEC(Delta, ZSTD(1)),
  role Enum8('edge' = 0, 'active' = 1, 'active root' = 2, 'inferred' = 3, 'inferred root' = 4),
  source LowCardinality(String),
  target LowCardinality(String),
  outcome Enum8('ok' = 0, 'error' = 1, 'throttle' = 2, 'fault' = 3, 'pending' = 4),
  bucket_us Int64 CODEC(T64, ZSTD(1)),
  fact_count SimpleAggregateFunction(sum, Int64) CODEC(T64, ZSTD(1)),
  duration_us SimpleAggregateFunction(sum, Int64) CODEC(T64, ZSTD(1)),
  start_us SimpleAggregateFunction(min, Int64) CODEC(T64, ZSTD(1)),
  end_us SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD(1))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY arrived_day
ORDER BY (end_minute, role, source, target, outcome, bucket_us)
SETTINGS {{kept}};

{{spread graph_minutes BY rand()}};

CREATE MATERIALIZED VIEW IF NOT EXISTS graph_minutes_view {{on cluster}} TO {{local graph_minutes}} AS
SELECT
  arrived_day, end_minute, role, source, target, outcome, bucket_us,
  sum(toInt64(sign)) AS fact_count,
  sum(if(outcome = 'pending', 0, sign * (facts.end_us - facts.start_us))) AS duration_us,
  min(facts.start_us) AS start_us,
  max(facts.end_us) AS end_us
FROM {{local facts}} AS facts
GROUP BY arrived_day, end_minute, role, source, target, outcome, bucket_us;

-- Names under which callers knew the targets of edges.
CREATE TABLE IF NOT EXISTS {{local alias_minutes}} {{on cluster}} (
  arrived_day Date,
  end_minute Int32 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  target LowCardinality(String),
  alias String,
  fact_count SimpleAggregateFunction(sum, Int64) CODEC(T64, ZSTD(1))
)
ENGINE = {{engine AggregatingMergeTree}}
PARTITION BY arrived_day
ORDER BY (end_minute, source, target, alias)
SETTINGS {{kept}};

{{spread alias_minutes BY rand()}};

CREATE MATERIALIZED VIEW IF NOT EXISTS alias_minutes_view {{on cluster}} TO {{local alias_minutes}} AS
SELECT arrived_day, end_minute, source, target, assumeNotNull(facts.alias) AS alias, sum(toInt64(sign)) AS fact_count
FROM {{local facts}} AS facts
WHERE isNotNull(facts.alias)
GROUP BY arrived_day, end_minute, source, target, alias;

-- How far each origin has come: the batch begun last, and the one done last. Every server has all of it.
CREATE TABLE IF NOT EXISTS progress {{on cluster}} (
  origin String,
  state Enum8('begun' = 0, 'done' = 1),
  sequence UInt64,
  position Int64,
  next_position Int64,
  marked_at DateTime64(3) DEFAULT now64(3)
)
ENGINE = {{engine-everywhere ReplacingMergeTree sequence}}
ORDER BY (origin, state)
SETTINGS {{kept}};

-- What retention has let go of.
CREATE TABLE IF NOT EXISTS retained {{on cluster}} (
  newest_arrival_us Int64,
  dropped_at DateTime64(3) DEFAULT now64(3)
)
ENGINE = {{engine-everywhere MergeTree}}
ORDER BY newest_arrival_us
SETTINGS {{kept}};
