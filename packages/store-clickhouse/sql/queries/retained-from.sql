SELECT maxOrNull(newest_arrival_us)
FROM {{everywhere retained}}
SETTINGS skip_unavailable_shards = 1
