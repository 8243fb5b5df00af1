-- What services' segments came to, in the places of `service_names`, and root causes as they are packed. Rows of before have none.
-- On a cluster the second statement is about the table that spreads rows; on a single server it finds nothing to add.
ALTER TABLE {{local traces}} {{on cluster}}
  ADD COLUMN IF NOT EXISTS outcomes Array(UInt32),
  ADD COLUMN IF NOT EXISTS cause_shape LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS cause_coverages Array(UInt32) CODEC(T64, ZSTD(1));

ALTER TABLE traces {{on cluster}}
  ADD COLUMN IF NOT EXISTS outcomes Array(UInt32),
  ADD COLUMN IF NOT EXISTS cause_shape LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS cause_coverages Array(UInt32);
