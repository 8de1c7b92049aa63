package dev.sluice.persistence.control;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.db.ConnectionSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears at once, over a connection of its own, which jobs are cancelled. What is said while that connection is down is not
 * heard: who listens has to look as well.
 */
public final class CancellationListener {
    private static final Logger LOG = LoggerFactory.getLogger(CancellationListener.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5);
    /** Nothing is sent over this connection otherwise, so one that a router forgot would look quiet for ever. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final PgSubscriber subscriber;
    private final long timer;
    private final Duration answerWithin;
    private final CancellationToken stop = new CancellationToken();

    private CancellationListener(Vertx vertx, PgSubscriber subscriber, Duration askEvery) {
        this.vertx = vertx;
        this.subscriber = subscriber;
        this.answerWithin = askEvery.dividedBy(3);
        this.timer = vertx.setPeriodic(askEvery.toMillis(), due -> ping());
    }

    /**
     * Listens from now on, and again whenever the connection is lost.
     *
     * @param heard told of each job that was cancelled
     * @param listening told each time that listening begins: what was said before was not heard
     */
    public static CancellationListener listen(
            Vertx vertx, PostgresConfig config, Consumer<JobId> heard, Runnable listening) {
        return listen(vertx, config, heard, listening, PING_INTERVAL);
    }

    /** As above, asking every so often whether the server is still there. */
    static CancellationListener listen(
            Vertx vertx, PostgresConfig config, Consumer<JobId> heard, Runnable listening, Duration askEvery) {
        PgSubscriber subscriber = PgSubscriber.subscriber(vertx, new ConnectionSettings(config).connectOptions())
                .reconnectPolicy(attempts -> BACKOFF.delay(1).toMillis());
        subscriber
                .channel(JobControlRepository.CANCELLED_CHANNEL)
                .subscribeHandler(subscribed -> listening.run())
                .handler(payload -> tell(payload, heard));
        CancellationListener listener = new CancellationListener(vertx, subscriber, askEvery);
        listener.connect();
        return listener;
    }

    /** Stops listening; never fails. */
    public Future<Void> close() {
        stop.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));
        vertx.cancelTimer(timer);
        return subscriber.close().otherwiseEmpty();
    }

    /** Ends a connection on which nothing is answered: the subscriber then makes a new one, and listening begins anew. */
    private void ping() {
        PgConnection connection = subscriber.actualConnection();
        if (connection != null) {
            connection
                    .query("SELECT 1")
                    .execute()
                    .timeout(answerWithin.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(cause -> {
                        LOG.atWarn()
                                .addKeyValue("error", String.valueOf(cause.getMessage()))
                                .log("the connection that hears of cancelled jobs is dead, connects again");
                        connection.close().onFailure(CancellationListener::closedAlready);
                    });
        }
    }

    private static void closedAlready(Throwable cause) {
        LOG.atDebug()
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("dead connection not closed in order");
    }

    /** The reconnect policy applies to lost connections only, not to the first one. */
    private void connect() {
        new AsyncRetry(
                        new CancellableDelay(vertx, stop),
                        BACKOFF,
                        cause -> true,
                        (cause, delay) -> LOG.atWarn()
                                .addKeyValue("error", String.valueOf(cause.getMessage()))
                                .addKeyValue("retryInMs", delay.toMillis())
                                .log("cancelled jobs are noticed with the next renewal of their lease only"))
                .run(() -> stop.isCancelled() ? Future.succeededFuture() : subscriber.connect())
                .onFailure(CancellationListener::closedAlready);
    }

    /** Anybody who may log in to the database may say anything on a channel. */
    private static void tell(String payload, Consumer<JobId> heard) {
        JobId job;
        try {
            job = new JobId(payload);
        } catch (IllegalArgumentException notAnId) {
            LOG.atDebug().addKeyValue("length", payload.length()).log("a notice that names no job");
            return;
        }
        heard.accept(job);
    }
}
