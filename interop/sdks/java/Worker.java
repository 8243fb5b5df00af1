import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.entities.TraceID;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a Java service does with AWS's X-Ray SDK: annotations, a call, nested exceptions, many steps.
 * Prints "KIND TRACE_ID" for each segment it has sent.
 */
class Worker {
    static final String SERVICE = "java-worker";
    static final int STEPS = 150;
    static final long RULES_WAIT_MS = 10_000;
    static final long BETWEEN_LOOKS_MS = 100;
    static final long FOR_LAST_PACKETS_MS = 300;

    public static void main(String[] args) throws InterruptedException {
        record("fields", segment -> {
            segment.setUser("bo");
            segment.putAnnotation("text", "täxt");
            segment.putAnnotation("number", 2.5);
            segment.putAnnotation("flag", true);
            segment.putMetadata("worker", "deep", Map.of("list", Arrays.asList(1, null, "a")));
        });
        record("call", segment -> {
            Subsegment call = AWSXRay.beginSubsegment("stock");
            call.setNamespace("remote");
            call.putHttp("request", Map.of("method", "GET", "url", "http://stock/lamps"));
            call.putHttp("response", Map.of("status", 404));
            call.setError(true);
            AWSXRay.endSubsegment();
        });
        record("error", segment -> {
            try {
                AWSXRay.createSubsegment("outer", () -> {
                    AWSXRay.createSubsegment("inner", () -> {
                        throw new IllegalStateException("nothing in stock", new ArithmeticException("by zero"));
                    });
                });
            } catch (IllegalStateException seen) {
                segment.putAnnotation("handled", true);
            }
        });
        record("steps", segment -> {
            for (int step = 0; step < STEPS; step++) {
                AWSXRay.createSubsegment("step " + step, () -> {});
            }
        });
        sampled();
        Thread.sleep(FOR_LAST_PACKETS_MS);
        // The sampler's pollers would keep the program alive.
        System.exit(0);
    }

    /** Runs work in a segment that a caller has decided to sample. */
    static void record(String kind, Consumer<Segment> work) {
        Segment segment = AWSXRay.beginSegment(SERVICE, TraceID.create(), null);
        work.accept(segment);
        AWSXRay.endSegment();
        System.out.println(kind + " " + segment.getTraceId());
    }

    /** Leaves the decision to the SDK's sampler until the rules it fetches have come. */
    static void sampled() throws InterruptedException {
        for (long end = System.currentTimeMillis() + RULES_WAIT_MS; System.currentTimeMillis() < end; Thread.sleep(BETWEEN_LOOKS_MS)) {
            Segment segment = AWSXRay.beginSegmentWithSampling(SERVICE);
            AWSXRay.endSegment();
            if (segment.getAws().get("xray") instanceof Map<?, ?> about && about.get("rule_name") != null) {
                System.out.println("sampled " + segment.getTraceId());
                return;
            }
        }
        System.err.println("no rule came");
    }
}
