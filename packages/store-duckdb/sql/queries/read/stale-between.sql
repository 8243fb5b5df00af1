SELECT trace_no
FROM {from}.ids
JOIN memory.main.superseded USING (trace_hi, trace_lo)
WHERE order_no > {first} AND order_no <= {last}
