-- `store.duckdb`: what concerns the folder as a whole. The engine's lock on this file keeps other processes out.
-- One row. Slices up to `dropped_through_order` have been let go; a file of theirs is a leftover.
CREATE TABLE retention (
  dropped_through_order BIGINT NOT NULL,
  retained_from_us BIGINT
);
INSERT INTO retention VALUES (0, NULL);
