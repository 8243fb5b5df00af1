SELECT services
FROM build_items_{no}
