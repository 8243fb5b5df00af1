-- Which processes may be writing, and from which journal: those that were seen lately and have not left. Those of one journal share
-- its numbers, and never a trace at one time; those of two could index parts of one trace without seeing each other's.
CREATE TABLE IF NOT EXISTS writers {{on cluster}} (
  journal String,
  process String,
  state Enum8('here' = 0, 'gone' = 1),
  seen_at DateTime64(3) DEFAULT now64(3)
)
ENGINE = {{engine-everywhere ReplacingMergeTree seen_at}}
ORDER BY (journal, process)
TTL toDateTime(seen_at) + INTERVAL 1 DAY
SETTINGS {{kept}};
