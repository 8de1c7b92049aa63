package dev.sluice.pipeline.metrics;

import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What the log and the counts say of one run: one ending, with the same keys. */
public final class RunOutcomeRecorder {
    private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.run");

    private final Attempt attempt;
    private final RunMetrics metrics;
    private final long began = System.nanoTime();
    private volatile boolean recorded;

    public RunOutcomeRecorder(Attempt attempt, RunMetrics metrics) {
        this.attempt = attempt;
        this.metrics = metrics;
    }

    public void started() {
        metrics.started.increment();
        with(LOG.atInfo()).log("stage started");
    }

    /** Whatever came of it, nothing is done for it any more. One whose ending could not be written down goes back. */
    public void close() {
        if (!recorded) {
            count(metrics.requeued);
            timed(LOG.atWarn()).log("how the run ended could not be written down, given back");
        }
        metrics.ended.increment();
    }

    private void count(LongAdder ending) {
        recorded = true;
        ending.increment();
    }

    public void completed(JsonObject summary) {
        count(metrics.done);
        LoggingEventBuilder event = timed(LOG.atInfo());
        for (Map.Entry<String, Object> figure : summary) {
            event = event.addKeyValue(figure.getKey(), figure.getValue());
        }
        event.log("stage done");
    }

    public void willRetry(JobException failure, Duration delay) {
        count(metrics.retried);
        because(failure, LOG.atWarn())
                .addKeyValue("retryInMs", delay.toMillis())
                .log("stage failed, will try again");
    }

    public void deferred(JobException failure, Duration delay) {
        count(metrics.deferred);
        because(failure, LOG.atWarn())
                .addKeyValue("againInMs", delay.toMillis())
                .log("stage put off");
    }

    public void failed(JobException failure) {
        count(metrics.failed);
        because(failure, LOG.atWarn()).log("job failed");
    }

    public void requeued() {
        count(metrics.requeued);
        timed(LOG.atInfo()).log("stage stopped, given back");
    }

    public void abandoned(JobException failure) {
        if (failure.code() == ErrorCode.CANCELLED) {
            count(metrics.cancelled);
            timed(LOG.atInfo()).log("job was cancelled, work stopped");
        } else {
            fenced();
        }
    }

    public void fenced() {
        count(metrics.fenced);
        timed(LOG.atWarn()).log("run is no longer ours, result thrown away");
    }

    private LoggingEventBuilder because(JobException failure, LoggingEventBuilder event) {
        // Only what we did not foresee needs its stack trace.
        LoggingEventBuilder told = failure.code() == ErrorCode.INTERNAL_ERROR ? event.setCause(failure) : event;
        return timed(told)
                .addKeyValue("errorCode", failure.code().wire())
                .addKeyValue("verdict", failure.action())
                .addKeyValue("error", failure.message());
    }

    private LoggingEventBuilder timed(LoggingEventBuilder event) {
        return with(event).addKeyValue("durationMs", (System.nanoTime() - began) / 1_000_000);
    }

    private LoggingEventBuilder with(LoggingEventBuilder event) {
        LoggingEventBuilder about = event.addKeyValue("jobId", attempt.run().job())
                .addKeyValue("stage", attempt.run().stage().key());
        return (attempt.run().stage() == StageName.SEGMENT
                        ? about.addKeyValue("task", attempt.run().task())
                        : about)
                .addKeyValue("attempt", attempt.attemptNumber());
    }
}
