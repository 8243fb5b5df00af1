SELECT {no} AS source_no, minute, key_no, buckets, counts
FROM {from}.rollup_histograms_{minutes}
WHERE minute >= {first} AND minute < {end} AND {wanted}
