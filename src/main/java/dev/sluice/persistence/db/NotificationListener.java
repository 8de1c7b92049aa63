package dev.sluice.persistence.db;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives notifications of the database immediately, over a connection of its own. Notifications are lost while that
 * connection is down, so that whatever they announce must be polled as well. Payloads are untrusted: every database user
 * may send notifications.
 */
public final class NotificationListener {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);
    /** The connection is otherwise idle: without a ping, a connection dropped by a router would not be detected. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final PgSubscriber subscriber;
    private final long timer;
    private final Duration pingTimeout;
    private final CancellationToken stop = new CancellationToken();

    private NotificationListener(Vertx vertx, PgSubscriber subscriber, Duration pingInterval) {
        this.vertx = vertx;
        this.subscriber = subscriber;
        this.pingTimeout = pingInterval.dividedBy(3);
        this.timer = vertx.setPeriodic(pingInterval.toMillis(), due -> ping());
    }

    /**
     * Subscribes, and subscribes again whenever the connection is lost.
     *
     * @param channels receivers of the payloads, by channel
     * @param onSubscribed called after each subscription of a channel: earlier notifications may be lost
     */
    public static NotificationListener listen(
            Vertx vertx, PostgresConfig config, Map<String, Consumer<String>> channels, Runnable onSubscribed) {
        return listen(vertx, config, channels, onSubscribed, PING_INTERVAL);
    }

    /** As above, with an interval of pings, for tests. */
    public static NotificationListener listen(
            Vertx vertx,
            PostgresConfig config,
            Map<String, Consumer<String>> channels,
            Runnable onSubscribed,
            Duration pingInterval) {
        PgSubscriber subscriber = PgSubscriber.subscriber(vertx, new ConnectionSettings(config).connectOptions())
                .reconnectPolicy(
                        attempts -> ExponentialBackoff.RECONNECT.delay(1).toMillis());
        channels.forEach((channel, handler) -> subscriber
                .channel(channel)
                .subscribeHandler(subscribed -> onSubscribed.run())
                .handler(handler::accept));
        NotificationListener listener = new NotificationListener(vertx, subscriber, pingInterval);
        listener.connect();
        return listener;
    }

    /** Unsubscribes; never fails. */
    public Future<Void> close() {
        stop.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));
        vertx.cancelTimer(timer);
        return subscriber.close().otherwiseEmpty();
    }

    /** Closes a connection that does not respond; the subscriber then opens a new one. */
    private void ping() {
        PgConnection connection = subscriber.actualConnection();
        if (connection != null) {
            connection
                    .query("SELECT 1")
                    .execute()
                    .timeout(pingTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(cause -> {
                        LOG.atWarn()
                                .addKeyValue("error", String.valueOf(cause.getMessage()))
                                .log("notification listener disconnected; reconnecting");
                        connection.close().onFailure(NotificationListener::logCloseFailure);
                    });
        }
    }

    private static void logCloseFailure(Throwable cause) {
        LOG.atDebug()
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("closing the broken connection failed");
    }

    /** The reconnect policy applies to lost connections only; a first connection that fails is retried here. */
    private void connect() {
        new AsyncRetry(
                        new CancellableDelay(vertx, stop),
                        ExponentialBackoff.RECONNECT,
                        cause -> true,
                        (cause, delay) -> LOG.atWarn()
                                .addKeyValue("error", String.valueOf(cause.getMessage()))
                                .addKeyValue("retryInMs", delay.toMillis())
                                .log("notifications unavailable; cancelled jobs and commands are found by polling"))
                .run(() -> stop.isCancelled() ? Future.succeededFuture() : subscriber.connect())
                .onFailure(NotificationListener::logCloseFailure);
    }
}
