-- A row that is being replaced may stand for those before it: there is no upper bound.
SELECT reinterpretAsUInt32(reverse(substring(trace_id, 9, 4))), reinterpretAsUInt32(reverse(substring(trace_id, 13, 4)))
FROM traces
WHERE origin = {origin:String} AND sequence > {sequence:UInt64}
