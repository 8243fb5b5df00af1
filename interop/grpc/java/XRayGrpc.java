import com.amazonaws.xray.entities.Entity;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Map;

/** What the client's and the server's interceptor share: the key in metadata, and what a status means to X-Ray. */
final class XRayGrpc {
    static final Metadata.Key<String> TRACE_KEY =
        Metadata.Key.of("x-amzn-trace-id", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> USER_AGENT =
        Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

    private XRayGrpc() {}

    /** Flags, `http.response` and, unless all went well, the exception. */
    static void recordEnd(Entity entity, String method, Status status) {
        int http = httpStatusOf(status.getCode());
        entity.putHttp("response", Map.of("status", http));
        entity.putMetadata("grpc", "method", method);
        entity.putMetadata("grpc", "status", status.getCode().name());
        if (status.getCause() != null) {
            entity.addException(status.getCause());
        }
        entity.setFault(http >= 500);
        entity.setError(http >= 400 && http < 500);
        entity.setThrottle(http == 429);
    }

    static int httpStatusOf(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            default -> 500;
        };
    }
}
