SELECT trace_hi, trace_lo
FROM memory.main.superseded
WHERE order_no > {after} AND order_no <= {through}
LIMIT {limit}
