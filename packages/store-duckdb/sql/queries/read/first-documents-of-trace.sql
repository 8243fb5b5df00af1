-- By equality, as in documents-of-trace; the engine keeps the order of a table where nothing else is asked for.
SELECT received_us, text
FROM {from}.documents
WHERE trace_no = {number}
LIMIT {limit}
