SELECT place, places.trace_no, received_us, text
FROM {from}.documents AS found
JOIN (SELECT place, trace_no, row_id FROM build_places WHERE place >= $1 AND place < $2 AND source_no = {no}) AS places
  ON places.row_id = found.rowid
WHERE found.rowid BETWEEN {first} AND {last}
