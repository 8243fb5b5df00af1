-- By bounds, which the scan itself applies.
SELECT received_us, text
FROM {from}.documents
WHERE rowid BETWEEN {first} AND {last}
ORDER BY rowid
