-- Positions first, which are small: of what is skipped no text is read.
SELECT received_us, text
FROM documents
WHERE trace_id = toFixedString(unhex({id:String}), 16)
  AND position >= (
    SELECT position
    FROM documents
    WHERE trace_id = toFixedString(unhex({id:String}), 16)
    ORDER BY trace_id, position
    LIMIT 1 OFFSET {skip:UInt64}
  )
ORDER BY trace_id, position
LIMIT {limit:UInt64}
