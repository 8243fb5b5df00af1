import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.entities.Entity;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.entities.TraceHeader;
import com.amazonaws.xray.entities.TraceHeader.SampleDecision;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Map;

/** A subsegment for each call, of any kind, made where a segment is current. It ends with the call's status. */
public final class XRayClientInterceptor implements ClientInterceptor {
    private final AWSXRayRecorder recorder = AWSXRay.getGlobalRecorder();

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel channel) {
        Entity parent = recorder.getTraceEntity();
        ClientCall<Q, R> call = channel.newCall(method, options);
        if (parent == null) {
            return call;
        }
        String authority = channel.authority();
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                Subsegment subsegment = open(parent, authority, method.getFullMethodName());
                headers.discardAll(XRayGrpc.TRACE_KEY);
                headers.put(XRayGrpc.TRACE_KEY, headerOf(parent.getParentSegment(), subsegment));
                super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end(subsegment, method.getFullMethodName(), status);
                            super.onClose(status, trailers);
                        }
                    },
                    headers);
            }
        };
    }

    private Subsegment open(Entity parent, String authority, String method) {
        Entity before = recorder.getTraceEntity();
        recorder.setTraceEntity(parent);
        Subsegment subsegment = recorder.beginSubsegment(authority.replaceFirst(":\\d+$", ""));
        subsegment.setNamespace("remote");
        subsegment.putHttp("request", Map.of("method", "POST", "url", "grpc://" + authority + "/" + method));
        restore(before);
        return subsegment;
    }

    private void end(Subsegment subsegment, String method, Status status) {
        Entity before = recorder.getTraceEntity();
        XRayGrpc.recordEnd(subsegment, method, status);
        if (!status.isOk() && status.getCause() == null) {
            subsegment.addException(status.asRuntimeException());
            subsegment.setFault(XRayGrpc.httpStatusOf(status.getCode()) >= 500);
        }
        recorder.setTraceEntity(subsegment);
        recorder.endSubsegment();
        restore(before);
    }

    private static String headerOf(Segment segment, Subsegment subsegment) {
        SampleDecision decision = segment.isSampled() ? SampleDecision.SAMPLED : SampleDecision.NOT_SAMPLED;
        return new TraceHeader(segment.getTraceId(), subsegment.getId(), decision).toString();
    }

    private void restore(Entity before) {
        if (before == null) {
            recorder.clearTraceEntity();
        } else {
            recorder.setTraceEntity(before);
        }
    }
}
