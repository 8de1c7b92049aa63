package dev.sluice.backend.job;

import dev.sluice.common.async.PeriodicTask;
import dev.sluice.persistence.job.WaitingJobRepository;
import dev.sluice.persistence.outbox.OutboxNotifier;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the jobs of the API to the workers, in turn for each user. Runs in every process with the API. */
public final class JobSchedulerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(JobSchedulerVerticle.class);
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final WaitingJobRepository waiting;
    private final int maxPerUser;
    private final OutboxNotifier outboxNotifier;
    private @Nullable PeriodicTask task;
    private boolean failing;

    /** @param maxPerUser sent jobs of each user that have not ended */
    public JobSchedulerVerticle(WaitingJobRepository waiting, int maxPerUser, OutboxNotifier outboxNotifier) {
        this.waiting = waiting;
        this.maxPerUser = maxPerUser;
        this.outboxNotifier = outboxNotifier;
    }

    @Override
    public Future<?> start() {
        PeriodicTask started = new PeriodicTask(vertx, INTERVAL, this::send);
        task = started;
        started.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Objects.requireNonNull(task).stop();
    }

    private Future<Void> send() {
        return waiting.send(maxPerUser)
                .onSuccess(jobs -> {
                    failing = false;
                    if (!jobs.isEmpty()) {
                        outboxNotifier.notifyOutbox();
                    }
                })
                .onFailure(this::logFirst)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void logFirst(Throwable cause) {
        if (!failing) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("sending of waiting jobs failed; retrying");
        }
        failing = true;
    }
}
