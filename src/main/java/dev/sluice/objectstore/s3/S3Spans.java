package dev.sluice.objectstore.s3;

import dev.sluice.common.tracing.Span;
import java.util.function.Supplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Spans of the requests to the object store; the attempts of the SDK at one request are one span. Keys are no attributes: those of
 * sources may contain names of files. Threads: any.
 */
final class S3Spans implements ExecutionInterceptor {
    private static final ExecutionAttribute<Span> SPAN = new ExecutionAttribute<>("SluiceSpan");

    private final String bucket;
    /** The SDK calls {@link #beforeExecution} on the thread that sends the request. */
    private final ThreadLocal<Span> parent = ThreadLocal.withInitial(() -> Span.NONE);

    S3Spans(String bucket) {
        this.bucket = bucket;
    }

    /** Sends a request, whose span is a child of {@code work}. */
    <T> T sendWithin(Span work, Supplier<T> request) {
        parent.set(work);
        try {
            return request.get();
        } finally {
            parent.remove();
        }
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        String operation = String.valueOf(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
        attributes.putAttribute(
                SPAN,
                parent.get()
                        .child("S3." + operation, Span.Kind.CLIENT)
                        .with("rpc.system", "aws-api")
                        .with("rpc.service", "S3")
                        .with("rpc.method", operation)
                        .with("aws.s3.bucket", bucket));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        span(attributes)
                .with("http.response.status_code", context.httpResponse().statusCode())
                .end();
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        span(attributes).failed(S3Metrics.result(context.exception())).end();
    }

    private static Span span(ExecutionAttributes attributes) {
        Span span = attributes.getAttribute(SPAN);
        return span == null ? Span.NONE : span;
    }
}
