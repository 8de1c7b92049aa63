package dev.sluice.pipeline.maintenance;

import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.common.async.PeriodicTask;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.persistence.recovery.LostMessageRepository.Backlog;
import dev.sluice.persistence.recovery.PendingJobRepository;
import dev.sluice.publisher.PublisherClient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resends messages that the broker will not redeliver, or not soon: of runs whose worker is frozen or disconnected, which the
 * broker detects late, and of runs that are not claimed although no message is queued, because the broker lost it. Adopts pending
 * jobs of the job table whose message was lost before it was received. Restores user-table rows that a late write set back.
 */
public final class RecoveryVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryVerticle.class);
    /** The broker redelivers the messages of a closed connection within this time. */
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(2);

    private static final Duration MAX_EXPIRY_CHECK_INTERVAL = Duration.ofSeconds(2);
    /** Checks within the time after which a message counts as lost, so that it is resent not much later. */
    private static final int CHECKS_PER_PERIOD = 4;

    private static final Backlog EMPTY = new Backlog(0, 0);

    private final LostMessageRepository lostMessages;
    private final PendingJobRepository pendingJobs;
    private final FinalRowCheck finalRows;
    private final RabbitMqConfig broker;
    private final DeliveryConfig config;
    private final PublisherClient publisher;
    private final List<PeriodicTask> tasks = new ArrayList<>();
    private @Nullable QueueInspector queueInspector;

    public RecoveryVerticle(
            LostMessageRepository lostMessages,
            PendingJobRepository pendingJobs,
            FinalRowCheck finalRows,
            RabbitMqConfig broker,
            DeliveryConfig config,
            PublisherClient publisher) {
        this.lostMessages = lostMessages;
        this.pendingJobs = pendingJobs;
        this.finalRows = finalRows;
        this.broker = broker;
        this.config = config;
        this.publisher = publisher;
    }

    @Override
    public Future<?> start() {
        queueInspector = new QueueInspector(vertx, broker);
        Duration expiryCheckInterval = config.leaseDuration().compareTo(MAX_EXPIRY_CHECK_INTERVAL) < 0
                ? config.leaseDuration()
                : MAX_EXPIRY_CHECK_INTERVAL;
        schedule(expiryCheckInterval, this::resendExpiredLeases);
        schedule(config.resendAfter().dividedBy(CHECKS_PER_PERIOD), this::resendUnclaimed);
        schedule(finalRows.interval(), finalRows::run);
        return Future.succeededFuture();
    }

    private void schedule(Duration interval, Supplier<Future<Void>> check) {
        PeriodicTask task = new PeriodicTask(vertx, interval, () -> check.get().recover(RecoveryVerticle::skip));
        tasks.add(task);
        task.start();
    }

    private static Future<Void> skip(Throwable cause) {
        LOG.atDebug().addKeyValue("error", String.valueOf(cause.getMessage())).log("recovery check skipped");
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Future.join(tasks.stream().map(PeriodicTask::stop).toList());
    }

    private Future<Void> resendExpiredLeases() {
        return lostMessages
                .resendExpired(GRACE_PERIOD, config.resendAfter())
                .onSuccess(runs -> announce(runs, "worker unresponsive; message resent"))
                .mapEmpty();
    }

    private Future<Void> resendUnclaimed() {
        Future<Map<StageName, Backlog>> tracked = lostMessages.backlogs(config.resendAfter());
        Future<Backlog> untracked = untrackedBacklog();
        return Future.all(tracked, untracked).compose(both -> {
            Map<StageName, Backlog> backlogs = tracked.result();
            boolean overdue = untracked.result().overdue() > 0
                    || backlogs.values().stream().anyMatch(backlog -> backlog.overdue() > 0);
            return overdue
                    ? queueDepths()
                            .compose(depths -> resendMissing(backlogs, depths)
                                    .compose(resent -> adoptPending(untracked.result(), backlogs, depths)))
                    : Future.succeededFuture();
        });
    }

    private Future<Backlog> untrackedBacklog() {
        return config.adoptPending()
                ? orDefault(pendingJobs.count(config.resendAfter()), EMPTY)
                : Future.succeededFuture(EMPTY);
    }

    /** A failure of the user tables does not delay the recovery of tracked jobs. */
    private static <T> Future<T> orDefault(Future<T> result, T defaultValue) {
        return result.recover(cause -> {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("pending-job scan failed; adoption skipped");
            return Future.succeededFuture(defaultValue);
        });
    }

    private Future<Map<String, Long>> queueDepths() {
        return Objects.requireNonNull(queueInspector).messageCounts(Topology.INPUT_QUEUES);
    }

    /** Resends as many messages as are missing in the queue: the runs of queued messages only wait to be delivered. */
    private Future<Void> resendMissing(Map<StageName, Backlog> backlogs, Map<String, Long> depths) {
        List<Future<?>> resent = new ArrayList<>();
        backlogs.forEach((stage, backlog) -> {
            long missing = backlog.missing(depth(stage, depths));
            if (missing > 0) {
                resent.add(resendUnclaimed(stage, missing));
            }
        });
        return Future.join(resent).mapEmpty();
    }

    /** Resends in several transactions: each holds its messages in memory. */
    private Future<Void> resendUnclaimed(StageName stage, long missing) {
        return lostMessages
                .resendUnclaimed(stage, config.resendAfter(), missing)
                .compose(runs -> {
                    announce(runs, "run not claimed; message resent");
                    return runs.isEmpty() || runs.size() == missing
                            ? Future.succeededFuture()
                            : resendUnclaimed(stage, missing - runs.size());
                });
    }

    /** A row whose message is still queued, as a staged job or as a single-stage request, is not lost either. */
    private Future<Void> adoptPending(Backlog untracked, Map<StageName, Backlog> backlogs, Map<String, Long> depths) {
        Backlog tracked = backlogs.getOrDefault(StageName.DOWNLOAD, EMPTY);
        long queued = depth(StageName.DOWNLOAD, depths) + depths.getOrDefault(Topology.REQUESTS_QUEUE, 0L);
        long missing = new Backlog(untracked.total() + tracked.total(), untracked.overdue()).missing(queued);
        return missing <= 0
                ? Future.succeededFuture()
                : orDefault(pendingJobs.adopt(config.resendAfter(), missing), List.of())
                        .onSuccess(runs -> announce(runs, "pending job adopted"))
                        .mapEmpty();
    }

    private long depth(StageName stage, Map<String, Long> depths) {
        return depths.getOrDefault(Topology.queueOf(stage), 0L);
    }

    private void announce(List<RunId> runs, String event) {
        runs.forEach(run -> LOG.atWarn()
                .addKeyValue("jobId", run.job())
                .addKeyValue("stage", run.stage().key())
                .log(event));
        if (!runs.isEmpty()) {
            publisher.notifyOutbox();
        }
    }
}
