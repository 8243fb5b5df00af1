SELECT
  (trace_hi >> 32)::UINTEGER, (trace_hi & 4294967295)::UINTEGER,
  (trace_lo >> 32)::UINTEGER, (trace_lo & 4294967295)::UINTEGER,
  rowid
FROM {table}
