package dev.sluice.objectstore.s3;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpHeaders;

/** Meters of the requests to the object store; the attempts of the SDK at one request count as one. Threads: any. */
public final class S3Metrics implements ExecutionInterceptor {
    private static final ExecutionAttribute<Long> START = new ExecutionAttribute<>("SluiceStartNanos");
    private static final String LENGTH = "Content-Length";
    private static final String DOWNLOAD = "GetObject";

    private final MeterRegistry registry;
    private final Counter received;
    private final Counter sent;

    public S3Metrics(MeterRegistry registry) {
        this.registry = registry;
        this.received = bytes("sluice.s3.received", "Bytes of downloaded objects and ranges.");
        this.sent = bytes("sluice.s3.sent", "Bytes of uploaded objects and parts.");
    }

    /** Meters that count nothing. */
    static S3Metrics none() {
        return new S3Metrics(new CompositeMeterRegistry());
    }

    private Counter bytes(String name, String description) {
        return Counter.builder(name).description(description).baseUnit("bytes").register(registry);
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        attributes.putAttribute(START, System.nanoTime());
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        record(attributes, "success");
        sent.increment(length(context.httpRequest()));
        if (DOWNLOAD.equals(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME))) {
            received.increment(length(context.httpResponse()));
        }
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        record(attributes, result(context.exception()));
    }

    private void record(ExecutionAttributes attributes, String result) {
        Long start = attributes.getAttribute(START);
        Timer.builder("sluice.s3.request.duration")
                .description("Requests to the object store by operation and result: success, HTTP status, or reason.")
                .tag("operation", String.valueOf(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME)))
                .tag("result", result)
                .register(registry)
                .record(start == null ? 0 : System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    /** The HTTP status of the response to a failed request, or else the reason. */
    static String result(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof AwsServiceException service) {
            return Integer.toString(service.statusCode());
        }
        if (cause instanceof ApiCallTimeoutException || cause instanceof ApiCallAttemptTimeoutException) {
            return "timeout";
        }
        return cause instanceof CancellationException ? "cancelled" : "failed";
    }

    private static double length(SdkHttpHeaders message) {
        Optional<String> length = message.firstMatchingHeader(LENGTH);
        return length.map(Double::parseDouble).orElse(0.0);
    }
}
