import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.entities.Entity;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.TraceHeader;
import com.amazonaws.xray.entities.TraceHeader.SampleDecision;
import com.amazonaws.xray.entities.TraceID;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/** A segment for each served call, of any kind. It is current in every callback of the call, whichever thread runs it. */
public final class XRayServerInterceptor implements ServerInterceptor {
    private final AWSXRayRecorder recorder = AWSXRay.getGlobalRecorder();
    private final String name;

    public XRayServerInterceptor(String name) {
        this.name = name;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Entity before = recorder.getTraceEntity();
        Segment segment = open(call, headers);
        String method = call.getMethodDescriptor().getFullMethodName();
        Status[] status = {Status.CANCELLED};
        ServerCall<Q, R> observed = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status end, Metadata trailers) {
                status[0] = end;
                super.close(end, trailers);
            }
        };
        try {
            return new InSegment<>(next.startCall(observed, headers), segment, method, status);
        } finally {
            restore(before);
        }
    }

    private Segment open(ServerCall<?, ?> call, Metadata headers) {
        TraceHeader header = TraceHeader.fromString(headers.get(XRayGrpc.TRACE_KEY));
        TraceID root = header.getRootTraceId() == null ? TraceID.create() : header.getRootTraceId();
        Segment segment;
        if (header.getSampled() == SampleDecision.NOT_SAMPLED) {
            segment = recorder.beginNoOpSegment(root);
        } else {
            segment = recorder.beginSegment(name, root, header.getParentId());
        }
        Map<String, Object> request = new HashMap<>();
        request.put("method", "POST");
        request.put("url", "grpc://" + call.getAuthority() + "/" + call.getMethodDescriptor().getFullMethodName());
        SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (peer instanceof InetSocketAddress address && address.getAddress() != null) {
            request.put("client_ip", address.getAddress().getHostAddress());
        }
        segment.putHttp("request", request);
        return segment;
    }

    private void restore(Entity before) {
        if (before == null) {
            recorder.clearTraceEntity();
        } else {
            recorder.setTraceEntity(before);
        }
    }

    private final class InSegment<Q> extends ServerCall.Listener<Q> {
        private final ServerCall.Listener<Q> next;
        private final Segment segment;
        private final String method;
        private final Status[] status;

        InSegment(ServerCall.Listener<Q> next, Segment segment, String method, Status[] status) {
            this.next = next;
            this.segment = segment;
            this.method = method;
            this.status = status;
        }

        @Override
        public void onMessage(Q message) {
            run(() -> next.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            run(next::onHalfClose);
        }

        @Override
        public void onReady() {
            run(next::onReady);
        }

        @Override
        public void onComplete() {
            run(next::onComplete);
            end(status[0]);
        }

        @Override
        public void onCancel() {
            run(next::onCancel);
            end(Status.CANCELLED);
        }

        private void run(Runnable work) {
            Entity before = recorder.getTraceEntity();
            recorder.setTraceEntity(segment);
            try {
                work.run();
            } catch (RuntimeException error) {
                segment.addException(error);
                throw error;
            } finally {
                restore(before);
            }
        }

        private void end(Status end) {
            Entity before = recorder.getTraceEntity();
            recorder.setTraceEntity(segment);
            XRayGrpc.recordEnd(segment, method, end);
            recorder.endSegment();
            restore(before);
        }
    }
}
