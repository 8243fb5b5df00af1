-- By equality, which the scan itself applies: it decompresses only the vectors where the trace is. A list of numbers is
-- applied behind the scan.
SELECT rowid AS row_id, trace_no, received_us, text
FROM {from}.documents
WHERE trace_no = {number}
