SELECT trace_hi, trace_lo FROM traces
