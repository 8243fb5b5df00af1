SELECT coalesce(sum(len(annotation_ids)), 0)::BIGINT AS posting_count
FROM {from}.traces
