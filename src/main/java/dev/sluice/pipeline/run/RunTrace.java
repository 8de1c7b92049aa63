package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.tracing.Span;
import dev.sluice.common.tracing.TraceParent;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.job.Attempt;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * The spans of one delivery of a run: the run itself, a child of the job's position in its trace, and in it the attempt. A job
 * without a position gets one with its first claim: that of the message, or else that of a span that begins its trace.
 *
 * @param context with the position in the job
 * @param received begins the trace of the job, if this delivery is its first; never ended otherwise
 */
record RunTrace(RunContext context, StageRoute route, Tracer tracer, Span received, Instant started) {
    static RunTrace of(RunContext delivered, StageRoute route, Tracer tracer) {
        StagedJob job = delivered.job();
        Delivery delivery = delivered.delivery();
        Instant now = Instant.now();
        Optional<TraceParent> known =
                job.traceParent().or(() -> TraceParent.parse(delivery.headers().getValue(TraceParent.NAME)));
        Span received = known.isPresent()
                ? Span.NONE
                : messaging(tracer.start("receive " + delivery.queue(), Span.Kind.CONSUMER, known, now), delivery)
                        .with("messaging.operation.type", "receive");
        StagedJob traced =
                known.or(received::position).map(job::withTraceParent).orElse(job);
        return new RunTrace(
                new RunContext(delivered.run(), traced, delivery, delivered.cancellation()),
                route,
                tracer,
                received,
                now);
    }

    /** Records what {@code work} does with the claim; its outcome is that of the run. */
    Future<RunOutcome> record(ClaimResult.Granted granted, Function<ClaimResult.Granted, Future<RunOutcome>> work) {
        ClaimResult.Granted traced = traced(granted);
        Optional<TraceParent> position = traced.claim().job().traceParent();
        if (position.equals(received.position())) {
            received.end();
        }
        if (position.isEmpty()) {
            return work.apply(traced);
        }
        Span run = run(traced.claim().attempt(), position);
        Span attempt = run.child("attempt", Span.Kind.INTERNAL)
                .with("sluice.attempt", traced.claim().attempt().attemptNumber());
        context.cancellation().setSpan(attempt);
        return attempt.until(work.apply(traced)).onComplete(done -> {
            context.cancellation().setSpan(Span.NONE);
            run.end();
        });
    }

    private Span run(Attempt attempt, Optional<TraceParent> position) {
        Span run = messaging(
                        tracer.start("process " + context.delivery().queue(), Span.Kind.CONSUMER, position, started),
                        context.delivery())
                .with("messaging.operation.type", "process")
                .with("messaging.message.body.size", context.delivery().bodyBytes())
                .with("sluice.job.id", attempt.run().job().value())
                .with("sluice.stage", route.name().key());
        return route.name() == StageName.SEGMENT
                ? run.with("sluice.task", attempt.run().task())
                : run;
    }

    /** A job that was stored without a position has that of this delivery from now on. */
    private ClaimResult.Granted traced(ClaimResult.Granted granted) {
        Claim claim = granted.claim();
        Optional<TraceParent> own = context.job().traceParent();
        return claim.job().traceParent().isPresent() || own.isEmpty()
                ? granted
                : new ClaimResult.Granted(
                        claim.withJob(claim.job().withTraceParent(own.get())),
                        granted.started(),
                        granted.waited(),
                        granted.sinceLeaseExpired());
    }

    private static Span messaging(Span span, Delivery delivery) {
        Span described = span.with("messaging.system", "rabbitmq").with("messaging.destination.name", delivery.queue());
        return delivery.messageId()
                .map(id -> described.with("messaging.message.id", id))
                .orElse(described);
    }
}
