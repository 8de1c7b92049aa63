package dev.sluice.pipeline.metrics;

import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.pipeline.metrics.RunMetrics.Outcome;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Counts and logs the start and the outcome of one run, always with the same keys. */
public final class RunOutcomeRecorder {
    private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.run");

    private final Attempt attempt;
    private final Optional<String> traceId;
    private final RunMetrics metrics;
    private final long startNanos = System.nanoTime();
    private volatile boolean recorded;

    /** @param traceId of the job, if it is traced */
    public RunOutcomeRecorder(Attempt attempt, Optional<String> traceId, RunMetrics metrics) {
        this.attempt = attempt;
        this.traceId = traceId;
        this.metrics = metrics;
    }

    public void started() {
        metrics.started();
        withRun(LOG.atInfo()).log("stage started");
    }

    public void completed(JsonObject summary) {
        record(Outcome.COMPLETED);
        LoggingEventBuilder event = withDuration(LOG.atInfo());
        for (Map.Entry<String, Object> entry : summary) {
            event = event.addKeyValue(entry.getKey(), entry.getValue());
        }
        event.log("stage completed");
    }

    public void willRetry(JobException failure, Duration delay) {
        record(Outcome.RETRIED);
        withFailure(failure).addKeyValue("retryInMs", delay.toMillis()).log("stage failed; retry scheduled");
    }

    public void deferred(JobException failure, Duration delay) {
        record(Outcome.DEFERRED);
        withFailure(failure).addKeyValue("retryInMs", delay.toMillis()).log("stage deferred");
    }

    public void failed(JobException failure) {
        record(Outcome.FAILED);
        withFailure(failure).log("job failed");
    }

    public void requeued() {
        record(Outcome.REQUEUED);
        withDuration(LOG.atInfo()).log("stage interrupted; delivery requeued");
    }

    public void abandoned(JobException failure) {
        if (failure.code() == ErrorCode.CANCELLED) {
            record(Outcome.CANCELLED);
            withDuration(LOG.atInfo()).log("run cancelled: job cancelled");
        } else {
            metrics.leaseLost();
            discarded();
        }
    }

    /** The commit was refused, because another worker owns the run. */
    public void fenced() {
        metrics.commitFenced();
        discarded();
    }

    private void discarded() {
        record(Outcome.FENCED);
        withDuration(LOG.atWarn()).log("lease lost; result discarded");
    }

    /** Ends the run; a run whose outcome was not recorded counts as requeued. */
    public void close() {
        if (!recorded) {
            record(Outcome.REQUEUED);
            withDuration(LOG.atWarn()).log("run outcome not persisted; delivery requeued");
        }
        metrics.finished(elapsed());
    }

    private void record(Outcome outcome) {
        recorded = true;
        metrics.ended(outcome);
    }

    private LoggingEventBuilder withFailure(JobException failure) {
        metrics.failure(failure);
        LoggingEventBuilder event = withDuration(LOG.atWarn());
        // A stack trace helps with unexpected failures only.
        return (failure.code() == ErrorCode.INTERNAL_ERROR ? event.setCause(failure) : event)
                .addKeyValue("errorCode", failure.code().wire())
                .addKeyValue("action", failure.action())
                .addKeyValue("error", failure.message());
    }

    private LoggingEventBuilder withDuration(LoggingEventBuilder event) {
        return withRun(event).addKeyValue("durationMs", elapsed().toMillis());
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private LoggingEventBuilder withRun(LoggingEventBuilder event) {
        LoggingEventBuilder run = event.addKeyValue("jobId", attempt.run().job())
                .addKeyValue("stage", attempt.run().stage().key());
        LoggingEventBuilder counted = (attempt.run().stage() == StageName.SEGMENT
                        ? run.addKeyValue("task", attempt.run().task())
                        : run)
                .addKeyValue("attempt", attempt.attemptNumber());
        return traceId.map(id -> counted.addKeyValue("traceId", id)).orElse(counted);
    }
}
