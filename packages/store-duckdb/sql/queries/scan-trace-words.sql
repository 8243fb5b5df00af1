SELECT (trace_lo >> 32)::UINTEGER, (trace_lo & 4294967295)::UINTEGER FROM traces
