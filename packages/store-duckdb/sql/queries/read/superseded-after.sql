SELECT trace_hi, trace_lo
FROM memory.main.superseded
WHERE order_no > {order}
LIMIT {limit}
