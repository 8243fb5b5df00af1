SELECT traces.rowid
FROM {from}.traces AS traces
JOIN memory.main.superseded USING (trace_hi, trace_lo)
WHERE order_no > {order}
