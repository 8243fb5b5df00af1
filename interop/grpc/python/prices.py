"""Asks `orders` for what it is asked, and answers with that. Argument: where orders listens. Prints "listening PORT"."""

import sys
from concurrent import futures

import grpc
from aws_xray_sdk.core import xray_recorder
from xray_grpc import XRayClientInterceptor, XRayServerInterceptor

THREADS = 4

xray_recorder.configure(service="prices", context_missing="LOG_ERROR")
channel = grpc.intercept_channel(grpc.insecure_channel(sys.argv[1]), XRayClientInterceptor("orders"))
ask_orders = channel.unary_unary("/orders.Orders/Ask", request_serializer=str.encode, response_deserializer=bytes.decode)


def ask(request, context):
    with xray_recorder.in_subsegment("look up") as subsegment:
        subsegment.put_annotation("item", request)
    try:
        return f"price of {ask_orders(request)}"
    except grpc.RpcError as error:
        return context.abort(error.code(), error.details())


handler = grpc.unary_unary_rpc_method_handler(ask, request_deserializer=bytes.decode, response_serializer=str.encode)
server = grpc.server(futures.ThreadPoolExecutor(THREADS), interceptors=[XRayServerInterceptor("prices")])
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("prices.Prices", {"Ask": handler}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"listening {port}", flush=True)
server.wait_for_termination()
