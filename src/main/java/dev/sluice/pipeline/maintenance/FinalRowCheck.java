package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.persistence.recovery.FinalRowRepository;
import io.vertx.core.Future;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the user-table rows of a job some time after its final update.
 *
 * @param delay time between the final update and the check; zero: the rows are not checked
 */
public record FinalRowCheck(FinalRowRepository rows, Duration delay) {
    private static final Logger LOG = LoggerFactory.getLogger(FinalRowCheck.class);

    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
    private static final Duration DISCARD_INTERVAL = Duration.ofMinutes(1);
    /** Checks within the delay, so that a row is checked not much later. */
    private static final int CHECKS_PER_DELAY = 4;

    /** Time between two runs. */
    Duration interval() {
        if (delay.isZero()) {
            return DISCARD_INTERVAL;
        }
        Duration interval = delay.dividedBy(CHECKS_PER_DELAY);
        return interval.compareTo(MIN_INTERVAL) < 0 ? MIN_INTERVAL : interval;
    }

    /** Checks the rows of the jobs that are due. */
    Future<Void> run() {
        return delay.isZero()
                ? rows.discard()
                : rows.findDue(delay).compose(due -> ParallelTasks.sequentially(due, this::check));
    }

    /** A row that is locked does not delay the others. */
    private Future<Void> check(String job) {
        return rows.check(job, delay)
                .onSuccess(restored -> {
                    if (restored) {
                        LOG.atWarn().addKeyValue("jobId", job).log("user-table row set back by a late write; restored");
                    }
                })
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("jobId", job)
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("user-table check failed; retrying"))
                .transform(checked -> Future.succeededFuture());
    }
}
