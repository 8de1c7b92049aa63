package dev.sluice.backend.webhook;

import dev.sluice.common.async.RetrySchedule;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.persistence.webhook.WebhookDelivery;
import dev.sluice.persistence.webhook.WebhookDeliveryRepository;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
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
 * Sends due webhook deliveries, with a concurrency limit in total and for each receiver, so that a slow receiver does not block
 * the others. Failed deliveries are retried, and abandoned when they are too old.
 */
public final class WebhookDeliveryVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliveryVerticle.class);
    private static final int MAX_CONCURRENT = 32;
    private static final int MAX_CONCURRENT_PER_RECEIVER = 4;
    /** DNS, connection, TLS, response headers, response body. */
    private static final int TIMEOUTS_PER_ATTEMPT = 5;
    /** For the database statements of an attempt. */
    private static final Duration ATTEMPT_MARGIN = Duration.ofSeconds(20);

    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final WebhooksConfig config;
    private final Duration pollInterval;
    private final WebhookDeliveryRepository deliveries;
    private final WebhookTransport transport;
    private final String version;
    private final WebhookMetrics metrics;
    private final List<Long> timers = new ArrayList<>();
    private final Set<Future<Void>> inFlight = new HashSet<>();
    private final Map<String, Integer> inFlightByOrigin = new HashMap<>();
    private Future<Void> acquiring = Future.succeededFuture();
    private @Nullable WorkerExecutor workers;
    private @Nullable WebhookSender sender;
    private boolean stopping;
    private boolean failing;

    /**
     * @param transport closed with the verticle
     * @param version of Sluice, sent as user agent
     */
    public WebhookDeliveryVerticle(
            WebhooksConfig config,
            Duration pollInterval,
            WebhookDeliveryRepository deliveries,
            WebhookTransport transport,
            String version,
            WebhookMetrics metrics) {
        this.config = config;
        this.pollInterval = pollInterval;
        this.deliveries = deliveries;
        this.transport = transport;
        this.version = version;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        WorkerExecutor own = vertx.createSharedWorkerExecutor("sluice-webhook-names", MAX_CONCURRENT);
        workers = own;
        // The system resolver blocks.
        sender = new WebhookSender(
                config,
                name -> own.executeBlocking(() -> List.of(InetAddress.getAllByName(name)), false),
                transport,
                Clock.systemUTC(),
                version);
        timers.add(vertx.setPeriodic(pollInterval.toMillis(), due -> dispatchDue()));
        timers.add(vertx.setPeriodic(PURGE_INTERVAL.toMillis(), due -> purgeEnded()));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        timers.forEach(vertx::cancelTimer);
        return acquiring
                .transform(acquired -> allAttempts())
                // Interrupted deliveries are sent again.
                .eventually(transport::close)
                .transform(closed -> allAttempts())
                .eventually(() -> Objects.requireNonNull(workers).close());
    }

    private Future<Void> allAttempts() {
        return Future.join(List.copyOf(inFlight))
                .<Void>mapEmpty()
                .timeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    private void dispatchDue() {
        int available = MAX_CONCURRENT - inFlight.size();
        if (stopping || available <= 0 || !acquiring.isComplete()) {
            return;
        }
        acquiring = deliveries
                .acquireDue(
                        available,
                        MAX_CONCURRENT_PER_RECEIVER,
                        inFlightByOrigin,
                        config.timeout().multipliedBy(TIMEOUTS_PER_ATTEMPT).plus(ATTEMPT_MARGIN))
                .onComplete(acquired -> logStoreFailure(acquired.succeeded(), acquired.cause()))
                .otherwise(List.of())
                .map(acquired -> {
                    acquired.forEach(this::start);
                    return null;
                });
    }

    private void start(WebhookDelivery delivery) {
        inFlightByOrigin.merge(delivery.origin(), 1, Integer::sum);
        Future<Void> ended = Future.<Void>succeededFuture()
                .compose(now -> stopping
                        ? Future.succeededFuture(WebhookResult.failed("shutdown"))
                        : Objects.requireNonNull(sender).attempt(delivery))
                .compose(result -> settle(delivery, result))
                // The delivery is due again after its hold time.
                .onFailure(cause -> logStoreFailure(false, cause))
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
                deliveries.markDelivered(delivery).onSuccess(done -> {
                    metrics.delivered();
                    logDelivery(Level.DEBUG, delivery, "", "webhook delivered");
                });
            case REJECTED -> abandon(delivery, result.reason());
            case FAILED -> retryLater(delivery, result.reason());
        };
    }

    private Future<Void> retryLater(WebhookDelivery delivery, String reason) {
        Duration delay = stopping ? Duration.ZERO : new RetrySchedule(config.backoff()).delay(delivery.attempts());
        if (delivery.age().plus(delay).compareTo(config.maxAge()) > 0) {
            return abandon(delivery, reason);
        }
        return deliveries.reschedule(delivery, delay, reason).onSuccess(done -> {
            metrics.retried();
            logDelivery(Level.INFO, delivery, reason, "webhook delivery failed; retry scheduled");
        });
    }

    private Future<Void> abandon(WebhookDelivery delivery, String reason) {
        return deliveries.abandon(delivery, reason).onSuccess(done -> {
            metrics.abandoned();
            logDelivery(Level.WARN, delivery, reason, "webhook abandoned");
        });
    }

    private void purgeEnded() {
        deliveries.purgeEnded(RETENTION).onComplete(purged -> logStoreFailure(purged.succeeded(), purged.cause()));
    }

    private static void logDelivery(Level level, WebhookDelivery delivery, String reason, String message) {
        LOG.atLevel(level)
                .addKeyValue("deliveryId", delivery.id())
                .addKeyValue("jobId", delivery.job())
                .addKeyValue("event", delivery.event())
                .addKeyValue("receiver", delivery.origin())
                .addKeyValue("attempts", delivery.attempts())
                .addKeyValue("error", reason)
                .log(message);
    }

    private void logStoreFailure(boolean succeeded, @Nullable Throwable cause) {
        if (!succeeded && !failing) {
            LOG.atWarn()
                    .addKeyValue("error", cause == null ? "" : String.valueOf(cause.getMessage()))
                    .log("webhook delivery store unavailable; retrying");
        }
        failing = !succeeded;
    }
}
