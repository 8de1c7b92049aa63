package dev.sluice.http.security;

import dev.sluice.common.KeyedCounter;
import dev.sluice.config.BackendConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the open connections, in all and of each client address, and the time in which the head of a request must be complete:
 * the first one after the connection was opened, another one after the response before it. If all connections are in use, a
 * new one replaces the oldest that waits for a request. A connection is not counted while it serves an upload or an event
 * stream of an authenticated caller, which have limits of their own. For use on one event loop.
 */
public final class ConnectionLimiter implements PlatformHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Proxies keep connections without a request, and expect that they are not closed early. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final BackendConfig.ConnectionLimits limits;
    private final Duration headTimeout;
    private final Map<HttpConnection, State> open = new LinkedHashMap<>();
    private final KeyedCounter counted = new KeyedCounter();
    private long loggedAt = System.nanoTime() - LOG_INTERVAL_NANOS;

    private static final class State {
        private final String address;
        private long timer = NO_TIMER;
        private boolean isCounted;

        State(String address) {
            this.address = address;
        }

        boolean waitsForRequest() {
            return timer != NO_TIMER;
        }
    }

    /** @param headTimeout in which the head of a request must be complete */
    public ConnectionLimiter(Vertx vertx, BackendConfig.ConnectionLimits limits, Duration headTimeout) {
        this.vertx = vertx;
        this.limits = limits;
        this.headTimeout = headTimeout;
    }

    /** Admits a new connection or closes it. */
    public void accept(HttpConnection connection) {
        String address = ClientAddress.of(connection.remoteAddress());
        if (counted.of(address) >= limits.maxPerAddress()
                || (counted.total() >= limits.max() && !closeOldestWaiting())) {
            logRejection(address);
            var unused = connection.close();
            return;
        }
        State state = new State(address);
        open.put(connection, state);
        count(state);
        connection.closeHandler(closed -> remove(connection));
        expectHead(connection, state, headTimeout);
    }

    /** The head of a request is complete. */
    @Override
    public void handle(RoutingContext request) {
        HttpConnection connection = request.request().connection();
        @Nullable State state = open.get(connection);
        if (state != null) {
            stopTimer(state);
            request.addEndHandler(ended -> {
                if (open.containsKey(connection)) {
                    expectHead(connection, state, KEEP_ALIVE.plus(headTimeout));
                }
            });
        }
        request.next();
    }

    /** The request is an upload or an event stream, and its caller is authenticated. */
    public void exempt(RoutingContext request) {
        HttpConnection connection = request.request().connection();
        @Nullable State state = open.get(connection);
        if (state != null) {
            uncount(state);
            request.addEndHandler(ended -> {
                if (open.containsKey(connection)) {
                    count(state);
                }
            });
        }
    }

    private void count(State state) {
        if (!state.isCounted) {
            state.isCounted = true;
            counted.increment(state.address);
        }
    }

    private void uncount(State state) {
        if (state.isCounted) {
            state.isCounted = false;
            counted.decrement(state.address);
        }
    }

    private void expectHead(HttpConnection connection, State state, Duration timeout) {
        stopTimer(state);
        state.timer = vertx.setTimer(timeout.toMillis(), late -> {
            LOG.atDebug().addKeyValue("address", state.address).log("request not received in time");
            close(connection);
        });
    }

    private boolean closeOldestWaiting() {
        Optional<HttpConnection> oldest = open.entrySet().stream()
                .filter(each -> each.getValue().waitsForRequest())
                .map(Map.Entry::getKey)
                .findFirst();
        oldest.ifPresent(this::close);
        return oldest.isPresent();
    }

    private void close(HttpConnection connection) {
        remove(connection);
        var unused = connection.close();
    }

    private void remove(HttpConnection connection) {
        @Nullable State state = open.remove(connection);
        if (state != null) {
            stopTimer(state);
            uncount(state);
        }
    }

    private void stopTimer(State state) {
        vertx.cancelTimer(state.timer);
        state.timer = NO_TIMER;
    }

    private void logRejection(String address) {
        long now = System.nanoTime();
        if (now - loggedAt >= LOG_INTERVAL_NANOS) {
            loggedAt = now;
            LOG.atWarn()
                    .addKeyValue("address", address)
                    .addKeyValue("ofAddress", counted.of(address))
                    .addKeyValue("connections", counted.total())
                    .log("connection rejected: see backend.maxConnections and backend.maxConnectionsPerAddress");
        }
    }
}
