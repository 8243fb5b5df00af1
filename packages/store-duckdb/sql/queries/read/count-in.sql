SELECT count(*)
FROM {from}.traces AS traces
WHERE {where}
