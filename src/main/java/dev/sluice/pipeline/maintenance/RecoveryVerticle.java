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
 * Sends messages again that the broker will not, or not soon: of runs whose worker is frozen or cut off, which the broker notices
 * late, and of runs that nobody claims although nothing waits in their queue, because the broker lost it.
 */
public final class RecoveryVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryVerticle.class);
    /** What the broker delivers again by itself, because a connection ended, comes sooner than this. */
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(2);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** A fraction of the time after which a job counts as lost, so that it is not much more in the end. */
    private static final int CHECKS_PER_PERIOD = 4;

    private static final Backlog NONE = new Backlog(0, 0);

    private final LostMessageRepository messages;
    private final PendingJobRepository pending;
    private final RabbitMqConfig broker;
    private final DeliveryConfig config;
    private final PublisherClient updates;
    private @Nullable PeriodicTask silent;
    private @Nullable PeriodicTask resendUnclaimed;
    private @Nullable QueueInspector queueInspector;

    public RecoveryVerticle(
            LostMessageRepository messages,
            PendingJobRepository pending,
            RabbitMqConfig broker,
            DeliveryConfig config,
            PublisherClient updates) {
        this.messages = messages;
        this.pending = pending;
        this.broker = broker;
        this.config = config;
        this.updates = updates;
    }

    @Override
    public Future<?> start() {
        queueInspector = new QueueInspector(vertx, broker);
        Duration rare = config.resendAfter().dividedBy(CHECKS_PER_PERIOD);
        Duration often = config.leaseDuration().compareTo(LONGEST_PAUSE) < 0 ? config.leaseDuration() : LONGEST_PAUSE;
        silent = started(often, this::resendExpiredLeases);
        resendUnclaimed = started(rare, this::resendUnclaimed);
        return Future.succeededFuture();
    }

    private PeriodicTask started(Duration pause, Supplier<Future<Void>> round) {
        PeriodicTask periodic = new PeriodicTask(vertx, pause, () -> round.get().recover(this::later));
        periodic.start();
        return periodic;
    }

    @Override
    public Future<?> stop() {
        return Future.join(
                Objects.requireNonNull(silent).stop(),
                Objects.requireNonNull(resendUnclaimed).stop());
    }

    private Future<Void> later(Throwable cause) {
        LOG.atDebug().addKeyValue("error", String.valueOf(cause.getMessage())).log("no look for lost messages now");
        return Future.succeededFuture();
    }

    private Future<Void> resendExpiredLeases() {
        return messages.resendExpired(GRACE_PERIOD, config.resendAfter())
                .onSuccess(sent -> told(sent, "worker silent, job sent again"))
                .mapEmpty();
    }

    private Future<Void> resendUnclaimed() {
        Future<Map<StageName, Backlog>> known = messages.backlogs(config.resendAfter());
        Future<Backlog> unseen = untrackedBacklog();
        return Future.all(known, unseen).compose(both -> {
            Map<StageName, Backlog> backlogs = known.result();
            boolean none = unseen.result().overdue() == 0
                    && backlogs.values().stream().allMatch(backlog -> backlog.overdue() == 0);
            return none
                    ? Future.succeededFuture()
                    : Objects.requireNonNull(queueInspector)
                            .messageCounts(Topology.INPUT_QUEUES)
                            .compose(depths -> sendUnclaimed(backlogs, depths)
                                    .compose(sent -> adoptPending(unseen.result(), backlogs, depths)));
        });
    }

    private Future<Backlog> untrackedBacklog() {
        return config.adoptPending()
                ? orNothing(pending.count(config.resendAfter()), NONE)
                : Future.succeededFuture(NONE);
    }

    /** The jobs that we know are not to wait until the owner of the user's table has mended it. */
    private static <T> Future<T> orNothing(Future<T> look, T nothing) {
        return look.recover(cause -> {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("the job table cannot be looked through, no pending job is taken up now");
            return Future.succeededFuture(nothing);
        });
    }

    /** A row whose message still lies in a queue, as a staged job or as a single-stage request, is not lost either. */
    private Future<Void> adoptPending(Backlog unseen, Map<StageName, Backlog> backlogs, Map<String, Long> depths) {
        Backlog known = backlogs.getOrDefault(StageName.DOWNLOAD, NONE);
        long there =
                depths.getOrDefault(Topology.DOWNLOAD_QUEUE, 0L) + depths.getOrDefault(Topology.REQUESTS_QUEUE, 0L);
        long missing = new Backlog(unseen.total() + known.total(), unseen.overdue()).missing(there);
        return missing <= 0
                ? Future.succeededFuture()
                : orNothing(pending.adopt(config.resendAfter(), missing), List.of())
                        .onSuccess(runs -> told(runs, "pending in the job table and never heard of, taken up"))
                        .mapEmpty();
    }

    /** As many as are missing in the queue: those that still lie there only wait for their turn. */
    private Future<Void> sendUnclaimed(Map<StageName, Backlog> backlogs, Map<String, Long> depths) {
        List<Future<?>> sent = new ArrayList<>();
        backlogs.forEach((stage, backlog) -> {
            long there = depths.getOrDefault(Topology.queueOf(stage), 0L);
            long missing = backlog.missing(there);
            if (missing > 0) {
                sent.add(messages.resendUnclaimed(stage, config.resendAfter(), missing)
                        .onSuccess(runs -> told(runs, "nobody claimed the job, sent again")));
            }
        });
        return Future.join(sent).mapEmpty();
    }

    private void told(List<RunId> runs, String what) {
        runs.forEach(run -> LOG.atWarn()
                .addKeyValue("jobId", run.job())
                .addKeyValue("stage", run.stage().key())
                .log(what));
        if (!runs.isEmpty()) {
            updates.notifyOutbox();
        }
    }
}
