-- Documents of one trace stand together: from which row on, and how many. The first is null when there are none.
SELECT min(rowid), count(*)
FROM {from}.documents
WHERE trace_no = {number}
