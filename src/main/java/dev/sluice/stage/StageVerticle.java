package dev.sluice.stage;

import dev.sluice.broker.Delivery;
import dev.sluice.broker.SupervisedConsumer;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one stage's queue and sees each delivery through. It asks for as many deliveries as it has slots, never more: a
 * prefetched message that waits burns its acknowledgement time. More come only when a channel was lost; those wait. Taken
 * down, it gives back what it had, uncounted.
 */
public final class StageVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(StageVerticle.class);
    /** What work that was told to stop gets to end in; SIGTERM has to be through in ten seconds altogether. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(7);

    private final Route route;
    private final int concurrency;
    private final RabbitMqConfig broker;
    private final StageTools tools;
    private final Slots<Delivery> slots;
    private @Nullable SupervisedConsumer consumer;

    public StageVerticle(Route route, int concurrency, RabbitMqConfig broker, StageTools tools) {
        this.route = route;
        this.concurrency = concurrency;
        this.broker = broker;
        this.tools = tools;
        this.slots = new Slots<>(
                concurrency, Delivery::stale, this::seeThrough, command -> context.runOnContext(v -> command.run()));
    }

    @Override
    public Future<?> start() {
        SupervisedConsumer started = new SupervisedConsumer(vertx, broker, route.queue(), concurrency, slots::take);
        consumer = started;
        started.start();
        LOG.atDebug()
                .addKeyValue("stage", route.name().key())
                .addKeyValue("concurrency", concurrency)
                .log("stage up");
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        SupervisedConsumer stopping = Objects.requireNonNull(consumer);
        return stopping.pause()
                .compose(paused -> giveBackWhatIsUnderWay())
                .eventually(stopping::stop)
                .onSuccess(done ->
                        LOG.atDebug().addKeyValue("stage", route.name().key()).log("stage down"));
    }

    private Future<Void> seeThrough(Delivery delivery, Cancellation cancellation) {
        return new DeliveryFlow(vertx, route, tools, delivery, cancellation).run();
    }

    private Future<Void> giveBackWhatIsUnderWay() {
        List<Future<Void>> ends = new ArrayList<>(
                slots.withdraw().stream().map(Delivery::giveBack).toList());
        ends.addAll(slots.cancel(new JobFailure(ErrorCode.SHUTDOWN, "The worker is shutting down.")));
        if (ends.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.join(ends)
                .timeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .recover(late -> {
                    LOG.atWarn()
                            .addKeyValue("stage", route.name().key())
                            .addKeyValue("deliveries", slots.busy())
                            .log("work did not end in time, the broker will deliver it again");
                    return Future.succeededFuture();
                });
    }
}
