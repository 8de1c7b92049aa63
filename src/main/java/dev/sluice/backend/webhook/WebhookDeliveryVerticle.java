package dev.sluice.backend.webhook;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.persistence.webhook.WebhookDelivery;
import dev.sluice.persistence.webhook.WebhookDeliveryRepository;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Sends the webhooks that are due, a few at a time to each receiver and not too many in all, so that one that is slow holds up
 * nobody else. What cannot be delivered is put off, and given up when it is too old.
 */
public final class WebhookDeliveryVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliveryVerticle.class);
    private static final int AT_ONCE = 32;
    private static final int AT_ONCE_TO_ONE = 4;
    /** Name, connection, TLS, answer, and the end of the answer. */
    private static final int STEPS_OF_A_TRY = 5;
    /** For what a try costs in the database. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Duration KEEP = Duration.ofDays(7);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

    private final WebhooksConfig config;
    private final Duration sweepEvery;
    private final WebhookDeliveryRepository deliveries;
    private final WebhookTransport transport;
    private final String version;
    private final List<Long> timers = new ArrayList<>();
    private final Set<Future<Void>> tries = new HashSet<>();
    private final Map<String, Integer> underWay = new HashMap<>();
    private Future<Void> taking = Future.succeededFuture();
    private @Nullable WorkerExecutor workers;
    private @Nullable WebhookSender courier;
    private boolean stopping;
    private boolean failing;

    /**
     * Sends webhooks.
     *
     * @param transport closed with the verticle
     * @param version ours, which receivers are told
     */
    public WebhookDeliveryVerticle(
            WebhooksConfig config,
            Duration sweepEvery,
            WebhookDeliveryRepository deliveries,
            WebhookTransport transport,
            String version) {
        this.config = config;
        this.sweepEvery = sweepEvery;
        this.deliveries = deliveries;
        this.transport = transport;
        this.version = version;
    }

    @Override
    public Future<?> start() {
        WorkerExecutor own = vertx.createSharedWorkerExecutor("sluice-webhook-names", AT_ONCE);
        workers = own;
        courier = new WebhookSender(config, new SystemHostResolver(own), transport, Clock.systemUTC(), version);
        timers.add(vertx.setPeriodic(sweepEvery.toMillis(), due -> takeMore()));
        timers.add(vertx.setPeriodic(FORGET_EVERY.toMillis(), due -> forget()));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        timers.forEach(vertx::cancelTimer);
        return taking.transform(taken -> allTries())
                // What is cut off by that is sent again.
                .eventually(transport::close)
                .transform(closed -> allTries())
                .eventually(() -> Objects.requireNonNull(workers).close());
    }

    private Future<Void> allTries() {
        return Future.join(List.copyOf(tries))
                .<Void>mapEmpty()
                .timeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    private void takeMore() {
        int room = AT_ONCE - tries.size();
        if (stopping || room <= 0 || !taking.isComplete()) {
            return;
        }
        taking = deliveries
                .take(
                        room,
                        AT_ONCE_TO_ONE,
                        underWay,
                        config.timeout().multipliedBy(STEPS_OF_A_TRY).plus(SLACK))
                .onComplete(taken -> log(taken.succeeded(), taken.cause()))
                .otherwise(List.of())
                .map(taken -> {
                    taken.forEach(this::begin);
                    return null;
                });
    }

    private void begin(WebhookDelivery delivery) {
        underWay.merge(delivery.origin(), 1, Integer::sum);
        Future<Void> ended = Future.<Void>succeededFuture()
                .compose(now -> stopping
                        ? Future.succeededFuture(WebhookResult.failed("Sluice was stopping"))
                        : Objects.requireNonNull(courier).tryOnce(delivery))
                .compose(outcome -> settle(delivery, outcome))
                // It is due again when nobody holds it any more.
                .onFailure(cause -> log(false, cause))
                .otherwiseEmpty();
        tries.add(ended);
        ended.onComplete(settled -> {
            tries.remove(ended);
            underWay.computeIfPresent(delivery.origin(), (origin, count) -> count > 1 ? count - 1 : null);
            takeMore();
        });
    }

    private Future<Void> settle(WebhookDelivery delivery, WebhookResult outcome) {
        return switch (outcome.kind()) {
            case DELIVERED ->
                deliveries.delivered(delivery).onSuccess(done -> tell(Level.DEBUG, delivery, "", "webhook delivered"));
            case REFUSED -> giveUp(delivery, outcome.reason());
            case FAILED -> again(delivery, outcome.reason());
        };
    }

    private Future<Void> again(WebhookDelivery delivery, String reason) {
        Duration wait = stopping ? Duration.ZERO : config.waitAfter(delivery.tries());
        if (delivery.age().plus(wait).compareTo(config.giveUpAfter()) > 0) {
            return giveUp(delivery, reason);
        }
        return deliveries
                .putOff(delivery, wait, reason)
                .onSuccess(done -> tell(Level.INFO, delivery, reason, "webhook not delivered, will try again"));
    }

    private Future<Void> giveUp(WebhookDelivery delivery, String reason) {
        return deliveries
                .giveUp(delivery, reason)
                .onSuccess(done -> tell(Level.WARN, delivery, reason, "webhook given up"));
    }

    private void forget() {
        deliveries.forget(KEEP).onComplete(forgotten -> log(forgotten.succeeded(), forgotten.cause()));
    }

    private static void tell(Level level, WebhookDelivery delivery, String reason, String what) {
        LOG.atLevel(level)
                .addKeyValue("deliveryId", delivery.id())
                .addKeyValue("jobId", delivery.job())
                .addKeyValue("event", delivery.event())
                .addKeyValue("receiver", delivery.origin())
                .addKeyValue("tries", delivery.tries())
                .addKeyValue("error", reason)
                .log(what);
    }

    private void log(boolean fine, @Nullable Throwable cause) {
        if (!fine && !failing) {
            LOG.atWarn()
                    .addKeyValue("error", cause == null ? "" : String.valueOf(cause.getMessage()))
                    .log("webhooks cannot be read or written, will try again");
        }
        failing = !fine;
    }
}
