package dev.sluice.backend.webhook;

import dev.sluice.common.async.RetrySchedule;
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
    private static final int MAX_CONCURRENT = 32;
    private static final int MAX_CONCURRENT_PER_RECEIVER = 4;
    /** Name, connection, TLS, answer, and the end of the answer. */
    private static final int TIMEOUTS_PER_ATTEMPT = 5;
    /** For what a try costs in the database. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

    private final WebhooksConfig config;
    private final Duration sweepEvery;
    private final WebhookDeliveryRepository deliveries;
    private final WebhookTransport transport;
    private final String version;
    private final List<Long> timers = new ArrayList<>();
    private final Set<Future<Void>> inFlight = new HashSet<>();
    private final Map<String, Integer> inFlightByOrigin = new HashMap<>();
    private Future<Void> taking = Future.succeededFuture();
    private @Nullable WorkerExecutor workers;
    private @Nullable WebhookSender sender;
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
        WorkerExecutor own = vertx.createSharedWorkerExecutor("sluice-webhook-names", MAX_CONCURRENT);
        workers = own;
        sender = new WebhookSender(config, new SystemHostResolver(own), transport, Clock.systemUTC(), version);
        timers.add(vertx.setPeriodic(sweepEvery.toMillis(), due -> dispatchDue()));
        timers.add(vertx.setPeriodic(PURGE_INTERVAL.toMillis(), due -> purgeEnded()));
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
        return Future.join(List.copyOf(inFlight))
                .<Void>mapEmpty()
                .timeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    private void dispatchDue() {
        int room = MAX_CONCURRENT - inFlight.size();
        if (stopping || room <= 0 || !taking.isComplete()) {
            return;
        }
        taking = deliveries
                .acquireDue(
                        room,
                        MAX_CONCURRENT_PER_RECEIVER,
                        inFlightByOrigin,
                        config.timeout().multipliedBy(TIMEOUTS_PER_ATTEMPT).plus(SLACK))
                .onComplete(taken -> log(taken.succeeded(), taken.cause()))
                .otherwise(List.of())
                .map(taken -> {
                    taken.forEach(this::begin);
                    return null;
                });
    }

    private void begin(WebhookDelivery delivery) {
        inFlightByOrigin.merge(delivery.origin(), 1, Integer::sum);
        Future<Void> ended = Future.<Void>succeededFuture()
                .compose(now -> stopping
                        ? Future.succeededFuture(WebhookResult.failed("Sluice was stopping"))
                        : Objects.requireNonNull(sender).attempt(delivery))
                .compose(result -> settle(delivery, result))
                // It is due again when nobody holds it any more.
                .onFailure(cause -> log(false, cause))
                .otherwiseEmpty();
        inFlight.add(ended);
        ended.onComplete(settled -> {
            inFlight.remove(ended);
            inFlightByOrigin.computeIfPresent(delivery.origin(), (origin, count) -> count > 1 ? count - 1 : null);
            dispatchDue();
        });
    }

    private Future<Void> settle(WebhookDelivery delivery, WebhookResult result) {
        return switch (result.kind()) {
            case DELIVERED ->
                deliveries
                        .markDelivered(delivery)
                        .onSuccess(done -> tell(Level.DEBUG, delivery, "", "webhook delivered"));
            case REFUSED -> abandon(delivery, result.reason());
            case FAILED -> retryLater(delivery, result.reason());
        };
    }

    private Future<Void> retryLater(WebhookDelivery delivery, String reason) {
        Duration wait = stopping ? Duration.ZERO : new RetrySchedule(config.backoff()).delay(delivery.attempts());
        if (delivery.age().plus(wait).compareTo(config.maxAge()) > 0) {
            return abandon(delivery, reason);
        }
        return deliveries
                .reschedule(delivery, wait, reason)
                .onSuccess(done -> tell(Level.INFO, delivery, reason, "webhook not delivered, will try again"));
    }

    private Future<Void> abandon(WebhookDelivery delivery, String reason) {
        return deliveries
                .abandon(delivery, reason)
                .onSuccess(done -> tell(Level.WARN, delivery, reason, "webhook given up"));
    }

    private void purgeEnded() {
        deliveries.purgeEnded(RETENTION).onComplete(forgotten -> log(forgotten.succeeded(), forgotten.cause()));
    }

    private static void tell(Level level, WebhookDelivery delivery, String reason, String what) {
        LOG.atLevel(level)
                .addKeyValue("deliveryId", delivery.id())
                .addKeyValue("jobId", delivery.job())
                .addKeyValue("event", delivery.event())
                .addKeyValue("receiver", delivery.origin())
                .addKeyValue("tries", delivery.attempts())
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
