package dev.sluice.broker.connection;

import dev.sluice.common.async.ExponentialBackoff;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one link up: opens it, sets it up, and when anything about it fails throws it away and opens another after a
 * back-off, until told to stop. All of it on the context it was made on.
 */
public final class ConnectionSupervisor {
    /** A link that held this long was a good one: the next failure is a new story, not the old one going on. */
    private static final long STEADY_NANOS = Duration.ofSeconds(10).toNanos();

    /** A connection attempt can't be interrupted; whoever stops does not wait longer than this for it to close itself. */
    private static final long STOP_MILLIS = 3_000;

    private static final long NO_TIMER = -1;

    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.5);

    private final Vertx vertx;
    private final BrokerEndpoint endpoint;
    private final String name;
    private final Function<BrokerConnection, Future<Void>> setUp;
    private final Handler<String> onLost;
    private final OutageLogger outageLogger;
    private final Promise<Void> ready = Promise.promise();

    private boolean started;
    private boolean ended;
    private @Nullable BrokerConnection connection;
    private boolean up;
    private long upSince;
    private int failures;
    private long timer = NO_TIMER;
    private Future<Void> closing = Future.succeededFuture();
    private @Nullable Future<Void> stopped;

    /**
     * @param setUp what makes a fresh link usable
     * @param onLost told when a link that was up is lost, and why
     */
    public ConnectionSupervisor(
            Vertx vertx,
            BrokerEndpoint endpoint,
            String name,
            Function<BrokerConnection, Future<Void>> setUp,
            Handler<String> onLost) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.name = name;
        this.setUp = setUp;
        this.onLost = onLost;
        this.outageLogger = new OutageLogger(name, System::nanoTime);
    }

    public void start() {
        if (!started && !ended) {
            started = true;
            attempt();
        }
    }

    /** Completes when a link is up for the first time; fails if stopped before. */
    public Future<Void> ready() {
        return ready.future();
    }

    /** The link, while it is up. */
    @Nullable
    public BrokerConnection current() {
        return up ? connection : null;
    }

    private void attempt() {
        timer = NO_TIMER;
        BrokerConnection fresh = new BrokerConnection(vertx, endpoint, name);
        connection = fresh;
        fresh.open()
                .compose(open -> setUp.apply(fresh))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(done -> onConnected(fresh))
                .onFailure(cause -> replace(
                        fresh, BrokerErrorMapper.translate(endpoint, cause).message()));
    }

    private void onConnected(BrokerConnection fresh) {
        if (connection != fresh) {
            return;
        }
        up = true;
        upSince = System.nanoTime();
        outageLogger.connected();
        ready.tryComplete();
        fresh.onClosed(reason -> replace(fresh, reason));
    }

    /** Throws {@code doubtful} away, if that has not happened yet, and sees to another one. */
    public void replace(BrokerConnection doubtful, String reason) {
        if (connection != doubtful) {
            return;
        }
        boolean wasUp = up;
        connection = null;
        up = false;
        closing = doubtful.close();
        if (wasUp) {
            onLost.handle(reason);
        }
        if (ended) {
            return;
        }
        if (wasUp && System.nanoTime() - upSince > STEADY_NANOS) {
            failures = 0;
        }
        outageLogger.connectionFailed(reason);
        timer = vertx.setTimer(BACKOFF.delay(++failures).toMillis(), due -> whenClosed());
    }

    /** One connection at a time: the next attempt waits for the last one's end. */
    private void whenClosed() {
        timer = NO_TIMER;
        closing.onComplete(closed -> {
            if (!ended) {
                attempt();
            }
        });
    }

    /** No more attempts from now on; a link that is up stays. */
    public void stopReconnecting() {
        if (ended) {
            return;
        }
        ended = true;
        vertx.cancelTimer(timer);
        ready.tryFail(
                new BrokerException("RabbitMQ at " + endpoint + ": " + name + " was stopped before it was connected."));
        BrokerConnection unfinished = connection;
        if (unfinished != null && !up) {
            replace(unfinished, "stopped");
        }
    }

    /** Ends everything; completes when nothing is left open, or after 3 s if a connection attempt is still on its way. */
    public Future<Void> stop() {
        stopReconnecting();
        Future<Void> already = stopped;
        if (already != null) {
            return already;
        }
        BrokerConnection last = connection;
        if (last != null) {
            replace(last, "stopped");
        }
        Future<Void> gone = closing.timeout(STOP_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
        stopped = gone;
        return gone;
    }

    /** Tells of trouble that does not end the link, under the same limits as that which does. */
    public OutageLogger outageLogger() {
        return outageLogger;
    }
}
