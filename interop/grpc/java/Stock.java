import static io.grpc.MethodDescriptor.generateFullMethodName;

import com.amazonaws.xray.AWSXRay;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Asks `prices` for what it is asked, and answers with that. Argument: where prices listens. Prints "listening PORT". */
class Stock {
    public static void main(String[] args) throws Exception {
        ManagedChannel prices = ManagedChannelBuilder.forTarget(args[0]).usePlaintext().build();
        var traced = ClientInterceptors.intercept(prices, new XRayClientInterceptor());
        MethodDescriptor<String, String> ask = method("prices.Prices", "Ask", MethodType.UNARY);
        ServerServiceDefinition service = ServerServiceDefinition.builder("stock.Stock")
            .addMethod(
                method("stock.Stock", "Ask", MethodType.UNARY),
                ServerCalls.<String, String>asyncUnaryCall((request, answer) -> {
                    AWSXRay.createSubsegment("count", subsegment -> { subsegment.putAnnotation("item", request); });
                    try {
                        String price = ClientCalls.blockingUnaryCall(traced, ask, CallOptions.DEFAULT, request);
                        answer.onNext("stock of " + price);
                        answer.onCompleted();
                    } catch (StatusRuntimeException error) {
                        answer.onError(error);
                    }
                }))
            .addMethod(
                method("stock.Stock", "Watch", MethodType.SERVER_STREAMING),
                ServerCalls.<String, String>asyncServerStreamingCall(Stock::watch))
            .build();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .intercept(new XRayServerInterceptor("stock"))
            .addService(service)
            .build()
            .start();
        System.out.println("listening " + server.getPort());
        server.awaitTermination();
    }

    private static void watch(String request, StreamObserver<String> answer) {
        if (request.equals("broken")) {
            IllegalStateException cause = new IllegalStateException("nothing in stock");
            answer.onError(Status.INTERNAL.withDescription("broken").withCause(cause).asRuntimeException());
            return;
        }
        for (int count = 0; count < 3; count++) {
            answer.onNext(request + " " + count);
        }
        answer.onCompleted();
    }

    private static MethodDescriptor<String, String> method(String service, String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
            .setType(type)
            .setFullMethodName(generateFullMethodName(service, name))
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();
    }

    private static final class Text implements Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }
    }
}
