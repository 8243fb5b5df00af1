SELECT count(*) AS posting_count
FROM build_items_{no}
