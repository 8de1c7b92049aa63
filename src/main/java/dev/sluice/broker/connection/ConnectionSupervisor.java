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
 * Keeps one connection open: opens it, sets it up and, after any failure, closes it and opens another one after a
 * back-off, until stopped. Runs entirely on the context of its creator.
 */
public final class ConnectionSupervisor {
    /** A connection open for longer than this resets the back-off. */
    private static final long BACKOFF_RESET_NANOS = Duration.ofSeconds(10).toNanos();

    /** A connection attempt cannot be interrupted; {@link #stop} waits at most this long for it to close itself. */
    private static final long STOP_MILLIS = 3_000;

    private static final long NO_TIMER = -1;

    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.5);

    private final Vertx vertx;
    private final BrokerEndpoint endpoint;
    private final String name;
    private final BrokerConnection.Use use;
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
     * Creates a supervisor that does nothing before {@link #start}.
     *
     * @param setUp prepares a new connection for use
     * @param onLost receives the reason when an established connection is lost
     */
    public ConnectionSupervisor(
            Vertx vertx,
            BrokerEndpoint endpoint,
            String name,
            BrokerConnection.Use use,
            Function<BrokerConnection, Future<Void>> setUp,
            Handler<String> onLost) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.name = name;
        this.use = use;
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

    /**
     * Completes when a connection is established for the first time; fails if stopped before, or if the broker permanently
     * refuses it. In the latter case attempts continue.
     */
    public Future<Void> ready() {
        return ready.future();
    }

    /** Returns the connection while it is established, otherwise null. */
    @Nullable
    public BrokerConnection current() {
        return up ? connection : null;
    }

    private void attempt() {
        timer = NO_TIMER;
        BrokerConnection fresh = new BrokerConnection(vertx, endpoint, name, use);
        connection = fresh;
        fresh.open()
                .compose(open -> setUp.apply(fresh))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(done -> onConnected(fresh))
                .onFailure(cause -> onFailed(fresh, BrokerErrorMapper.translate(endpoint, cause)));
    }

    private void onFailed(BrokerConnection fresh, BrokerException cause) {
        if (cause.isPermanent()) {
            ready.tryFail(cause);
        }
        replace(fresh, cause.message());
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

    /** Closes {@code suspect} and schedules a new connection attempt; does nothing if it was already replaced. */
    public void replace(BrokerConnection suspect, String reason) {
        if (connection != suspect) {
            return;
        }
        boolean wasUp = up;
        connection = null;
        up = false;
        closing = suspect.close();
        if (wasUp) {
            onLost.handle(reason);
        }
        if (ended) {
            return;
        }
        if (wasUp && System.nanoTime() - upSince > BACKOFF_RESET_NANOS) {
            failures = 0;
        }
        outageLogger.connectionFailed(reason);
        timer = vertx.setTimer(BACKOFF.delay(++failures).toMillis(), due -> whenClosed());
    }

    /** Starts the next attempt after the previous connection has closed: one connection at a time. */
    private void whenClosed() {
        timer = NO_TIMER;
        closing.onComplete(closed -> {
            if (!ended) {
                attempt();
            }
        });
    }

    /** Prevents further connection attempts; an established connection stays open. */
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

    /** Closes everything. Completes when nothing is open, or after 3 s if a connection attempt is still in progress. */
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
        Future<Void> result =
                closing.timeout(STOP_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
        stopped = result;
        return result;
    }

    /** Returns the logger for failures that do not close the connection; the same rate limit applies to both kinds. */
    public OutageLogger outageLogger() {
        return outageLogger;
    }
}
