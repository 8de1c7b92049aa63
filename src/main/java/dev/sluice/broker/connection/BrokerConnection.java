package dev.sluice.broker.connection;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.NoOpMetricsCollector;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.rabbitmq.RabbitMQClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection and its one channel: when either ends, both are done with and nothing is opened in their place. Belongs to
 * the context it was made on.
 *
 * <p>The Vert.x client opens the connection. What goes over the channel does not go through the client, which opens another
 * channel behind our back when the first has closed (docs/decisions/020).
 */
public final class BrokerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);
    private static final int CLOSE_TIMEOUT_MILLIS = 2_000;

    private final Vertx vertx;
    private final Context context;
    private final BrokerEndpoint endpoint;
    private final RabbitMQClient client;

    private volatile @Nullable Connection connection;
    private volatile @Nullable Channel channel;
    private volatile boolean closing;
    private Future<Void> opened = Future.succeededFuture();
    private final List<Queued<?>> waiting = new ArrayList<>();
    private boolean running;
    private volatile Future<Void> lastCall = Future.succeededFuture();
    private @Nullable Future<Void> closed;

    public BrokerConnection(Vertx vertx, BrokerEndpoint endpoint, String name) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.endpoint = endpoint;
        this.client =
                RabbitMQClient.create(vertx, endpoint.clientOptions(name).setMetricsCollector(new ConnectionCapture()));
    }

    /** Connects; fails with a {@link BrokerException}, and leaves nothing open then. */
    public Future<Void> open() {
        opened = client.start();
        return opened.recover(cause -> close().transform(
                        gone -> Future.failedFuture(BrokerErrorMapper.translateConnectFailure(endpoint, cause))));
    }

    /** Whether what is sent now still goes over the channel this link was opened with. */
    public boolean isOpen() {
        Channel now = channel;
        return !closing && now != null && now.isOpen();
    }

    /**
     * Runs {@code call} on a worker thread after the calls before it; fails with a {@link BrokerException}. Calls that come while
     * others run go there together: for what most of them do, the way to the other thread and back costs more than the call.
     */
    public <T> Future<T> call(ChannelCall<T> call) {
        Queued<T> queued = new Queued<>(call);
        Future<T> result = queued.answer.future();
        boolean first;
        synchronized (waiting) {
            waiting.add(queued);
            lastCall = result.transform(ended -> Future.succeededFuture());
            first = !running;
            running = true;
        }
        if (first) {
            runWaiting();
        }
        return result.recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)));
    }

    private void runWaiting() {
        List<Queued<?>> calls;
        synchronized (waiting) {
            calls = List.copyOf(waiting);
            waiting.clear();
            running = !calls.isEmpty();
        }
        if (!calls.isEmpty()) {
            context.<Void>executeBlocking(
                            () -> {
                                calls.forEach(Queued::run);
                                return null;
                            },
                            false)
                    .onComplete(ran -> {
                        calls.forEach(Queued::tell);
                        runWaiting();
                    });
        }
    }

    /** As {@link #call}, with nothing to give back. */
    public Future<Void> execute(ChannelAction action) {
        return call(channel -> {
                    action.on(channel);
                    return true;
                })
                .mapEmpty();
    }

    private Channel openChannel() {
        Channel now = channel;
        if (now == null) {
            throw new BrokerException("RabbitMQ at " + endpoint + ": not connected.");
        }
        return now;
    }

    /** Calls {@code handler} once, with the reason, when the channel or the connection has ended, for whatever reason. */
    public void onClosed(Handler<String> handler) {
        openChannel()
                .addShutdownListener(shutdown -> context.runOnContext(v -> handler.handle(
                        BrokerErrorMapper.translate(endpoint, shutdown).message())));
    }

    /** Ends the connection, after the calls under way if they don't take long; never fails. */
    public Future<Void> close() {
        Future<Void> already = closed;
        if (already != null) {
            return already;
        }
        // A call that hangs is ended by the end of the connection.
        Future<Void> gone = lastCall.timeout(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .transform(v -> {
                    closing = true;
                    return vertx.executeBlocking(this::abort, false);
                })
                .transform(v -> opened.transform(o -> client.stop()))
                .recover(cause -> {
                    LOG.atDebug().setCause(cause).log("closing a connection failed");
                    return Future.succeededFuture();
                });
        closed = gone;
        return gone;
    }

    private @Nullable Void abort() {
        Connection now = connection;
        if (now != null) {
            now.abort(CLOSE_TIMEOUT_MILLIS);
        }
        return null;
    }

    private final class Queued<T> {
        final Promise<T> answer = Promise.promise();
        private final ChannelCall<T> call;
        private Future<T> outcome = Future.failedFuture(new BrokerException("Not run."));

        Queued(ChannelCall<T> call) {
            this.call = call;
        }

        void run() {
            try {
                outcome = Future.succeededFuture(call.on(openChannel()));
            } catch (IOException | RuntimeException cause) {
                outcome = Future.failedFuture(cause);
            }
        }

        void tell() {
            outcome.onComplete(answer);
        }
    }

    /** Something done over a channel; blocks. */
    @FunctionalInterface
    public interface ChannelCall<T> {
        T on(Channel channel) throws IOException;
    }

    /** Something done over a channel, without a result; blocks. */
    @FunctionalInterface
    public interface ChannelAction {
        void on(Channel channel) throws IOException;
    }

    /** The only door through which the client shows the connection and the channel that it opened. */
    private final class ConnectionCapture extends NoOpMetricsCollector {
        @Override
        public void newConnection(Connection made) {
            connection = made;
            if (closing) {
                made.abort(CLOSE_TIMEOUT_MILLIS);
            }
        }

        @Override
        public void newChannel(Channel made) {
            if (channel == null) {
                channel = made;
            }
        }
    }
}
