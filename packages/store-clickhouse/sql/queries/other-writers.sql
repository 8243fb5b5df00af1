-- Journals of which a process is there, but for one.
SELECT DISTINCT journal
FROM (
  SELECT journal, process, argMax(state, seen_at) AS last_state, max(seen_at) AS last_seen_at
  FROM {{everywhere writers}}
  WHERE journal != {journal:String}
  GROUP BY journal, process
)
WHERE last_state = 'here' AND last_seen_at > now64(3) - toIntervalMillisecond({ms:UInt32})
ORDER BY journal
SETTINGS skip_unavailable_shards = 1
