-- From which vectors of each source the rows of a step come.
SELECT source_no, row_id // $3 AS vector_no
FROM build_places
WHERE place >= $1 AND place < $2
GROUP BY source_no, vector_no
ORDER BY source_no, vector_no
