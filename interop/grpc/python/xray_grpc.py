"""gRPC's interceptors for AWS's X-Ray SDK for Python: a segment for each served call, a subsegment for each call made.

Served: all four kinds, in a thread pool. Made: those with one answer, by blocking stubs.
"""

import traceback
from collections import namedtuple

import grpc
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader

KEY = "x-amzn-trace-id"

HTTP_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}


def record_end(entity, method, code):
    """Flags, `http.response` and `metadata.grpc`."""
    http = HTTP_STATUS.get(code, 500)
    entity.fault = entity.error = entity.throttle = False
    entity.put_http_meta("status", http)
    entity.fault = http >= 500
    entity.error = 400 <= http < 500
    entity.throttle = http == 429
    entity.put_metadata("method", method, "grpc")
    entity.put_metadata("status", code.name, "grpc")


class XRayServerInterceptor(grpc.ServerInterceptor):
    def __init__(self, name):
        self.name = name

    def intercept_service(self, continuation, details):
        handler = continuation(details)
        if handler is None:
            return None
        header = TraceHeader.from_header_str(dict(details.invocation_metadata).get(KEY))
        make, behavior = {
            (False, False): (grpc.unary_unary_rpc_method_handler, handler.unary_unary),
            (False, True): (grpc.unary_stream_rpc_method_handler, handler.unary_stream),
            (True, False): (grpc.stream_unary_rpc_method_handler, handler.stream_unary),
            (True, True): (grpc.stream_stream_rpc_method_handler, handler.stream_stream),
        }[handler.request_streaming, handler.response_streaming]

        def one(request, context):
            with self.segment(header, details.method, context):
                return behavior(request, context)

        def many(request, context):
            with self.segment(header, details.method, context):
                yield from behavior(request, context)

        traced = many if handler.response_streaming else one
        return make(traced, handler.request_deserializer, handler.response_serializer)

    def segment(self, header, method, context):
        return _ServedCall(self.name, header, method, context)


class _ServedCall:
    def __init__(self, name, header, method, context):
        self.name, self.header, self.method, self.context = name, header, method.lstrip("/"), context

    def __enter__(self):
        # Without a decision of the caller's, the recorder's sampler makes one.
        self.segment = xray_recorder.begin_segment(
            self.name,
            traceid=self.header.root,
            parent_id=self.header.parent,
            sampling=self.header.sampled if self.header.sampled in (0, 1) else None,
        )
        self.segment.put_http_meta("method", "POST")
        self.segment.put_http_meta("url", f"grpc:///{self.method}")
        return self.segment

    def __exit__(self, kind, error, stack):
        code = self.context.code()
        if code is None:
            code = grpc.StatusCode.OK if error is None else grpc.StatusCode.UNKNOWN
        elif isinstance(code, int):
            code = next(known for known in grpc.StatusCode if known.value[0] == code)
        # `abort` raises an exception without a text of its own.
        if error is not None and str(error):
            self.segment.add_exception(error, traceback.extract_tb(stack))
        record_end(self.segment, self.method, code)
        xray_recorder.end_segment()
        return False


_Details = namedtuple("_Details", ("method", "timeout", "metadata", "credentials", "wait_for_ready", "compression"))


class _CallDetails(_Details, grpc.ClientCallDetails):
    pass


class XRayClientInterceptor(grpc.UnaryUnaryClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """`name` is the service that is called: an interceptor is not told where a channel leads."""

    def __init__(self, name):
        self.name = name

    def intercept_unary_unary(self, continuation, details, request):
        return self._call(continuation, details, request)

    def intercept_stream_unary(self, continuation, details, request_iterator):
        return self._call(continuation, details, request_iterator)

    def _call(self, continuation, details, request):
        subsegment = xray_recorder.begin_subsegment(self.name, namespace="remote")
        if subsegment is None:
            return continuation(details, request)
        try:
            subsegment.put_http_meta("method", "POST")
            subsegment.put_http_meta("url", f"grpc://{self.name}{details.method}")
            call = continuation(self._with_trace(details, subsegment), request)
            record_end(subsegment, details.method.lstrip("/"), call.code())
            return call
        finally:
            xray_recorder.end_subsegment()

    @staticmethod
    def _with_trace(details, subsegment):
        segment = subsegment.parent_segment
        header = TraceHeader(root=segment.trace_id, parent=subsegment.id, sampled=int(segment.sampled))
        kept = [(key, value) for key, value in details.metadata or () if key != KEY]
        return _CallDetails(
            details.method,
            details.timeout,
            [*kept, (KEY, header.to_header_str())],
            details.credentials,
            getattr(details, "wait_for_ready", None),
            getattr(details, "compression", None),
        )
