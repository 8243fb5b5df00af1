SELECT "key", text, number, flag
FROM build_items_{no}
