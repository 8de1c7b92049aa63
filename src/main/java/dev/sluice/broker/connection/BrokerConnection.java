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
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An AMQP connection with exactly one channel. When either closes, the object is unusable and nothing is reopened. It
 * belongs to the context that created it.
 *
 * <p>The Vert.x client opens the connection, unless messages are received over it (docs/decisions/073). Channel operations
 * bypass the client, because it silently opens another channel after the first has closed (docs/decisions/020).
 */
public final class BrokerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);
    private static final int CLOSE_TIMEOUT_MILLIS = 2_000;

    /** Of a larger body only this much is received; more than any valid message has. */
    public static final int MAX_BODY_BYTES = (1 << 20) + 1;

    /** Header with the size of a body that was received in part; long. */
    public static final String BODY_BYTES_HEADER = ContentHeader.BODY_BYTES;

    /** What a connection is for. */
    public enum Use {
        /** Receives messages, of which no size and no content can be trusted. */
        CONSUME,
        /** Publishes or inspects. */
        PUBLISH
    }

    private final Vertx vertx;
    private final Context context;
    private final BrokerEndpoint endpoint;
    private final Supplier<Future<Void>> start;
    private final Supplier<Future<Void>> stop;

    private volatile @Nullable Connection connection;
    private volatile @Nullable Channel channel;
    private volatile boolean closing;
    private Future<Void> opened = Future.succeededFuture();
    private final List<QueuedCall<?>> waiting = new ArrayList<>();
    private boolean running;
    private volatile Future<Void> lastCall = Future.succeededFuture();
    private @Nullable Future<Void> closed;

    public BrokerConnection(Vertx vertx, BrokerEndpoint endpoint, String name, Use use) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.endpoint = endpoint;
        ConnectionCapture capture = new ConnectionCapture();
        if (use == Use.CONSUME) {
            this.start = () -> context.executeBlocking(() -> openConsuming(name, capture), false);
            this.stop = Future::succeededFuture;
        } else {
            RabbitMQClient client =
                    RabbitMQClient.create(vertx, endpoint.clientOptions(name).setMetricsCollector(capture));
            this.start = client::start;
            this.stop = client::stop;
        }
    }

    private @Nullable Void openConsuming(String name, ConnectionCapture capture) throws IOException, TimeoutException {
        new ConsumerConnectionFactory(endpoint, name, MAX_BODY_BYTES, capture).openConnectionAndChannel();
        return null;
    }

    /** Connects. Fails with a {@link BrokerException}; in that case nothing stays open. */
    public Future<Void> open() {
        opened = start.get();
        return opened.recover(cause -> close().transform(
                        done -> Future.failedFuture(BrokerErrorMapper.translateConnectFailure(endpoint, cause))));
    }

    /** Returns whether the channel that was opened with this connection is still usable. */
    public boolean isOpen() {
        Channel now = channel;
        return !closing && now != null && now.isOpen();
    }

    /**
     * Runs {@code call} on a worker thread after all earlier calls. Fails with a {@link BrokerException}. Calls
     * submitted while others run are executed as one batch: for most of them the thread switch costs more than the
     * call.
     */
    public <T> Future<T> call(ChannelCall<T> call) {
        QueuedCall<T> queued = new QueuedCall<>(call);
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
        List<QueuedCall<?>> calls;
        synchronized (waiting) {
            calls = List.copyOf(waiting);
            waiting.clear();
            running = !calls.isEmpty();
        }
        if (!calls.isEmpty()) {
            context.<Void>executeBlocking(
                            () -> {
                                calls.forEach(QueuedCall::run);
                                return null;
                            },
                            false)
                    .onComplete(ran -> {
                        calls.forEach(QueuedCall::complete);
                        runWaiting();
                    });
        }
    }

    /** Runs an action without a result; otherwise as {@link #call}. */
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

    /** Calls {@code handler} once, with the reason, when the channel or the connection has closed for any reason. */
    public void onClosed(Handler<String> handler) {
        openChannel()
                .addShutdownListener(shutdown -> context.runOnContext(v -> handler.handle(
                        BrokerErrorMapper.translate(endpoint, shutdown).message())));
    }

    /** Closes the connection after the calls in progress, but waits at most 2 s for them. Never fails. */
    public Future<Void> close() {
        Future<Void> already = closed;
        if (already != null) {
            return already;
        }
        // Closing the connection ends a call that hangs.
        Future<Void> closeResult = lastCall.timeout(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .transform(v -> {
                    closing = true;
                    return vertx.executeBlocking(this::abort, false);
                })
                .transform(v -> opened.transform(o -> stop.get()))
                .recover(cause -> {
                    LOG.atDebug().setCause(cause).log("closing the broker connection failed");
                    return Future.succeededFuture();
                });
        closed = closeResult;
        return closeResult;
    }

    private @Nullable Void abort() {
        Connection now = connection;
        if (now != null) {
            now.abort(CLOSE_TIMEOUT_MILLIS);
        }
        return null;
    }

    private final class QueuedCall<T> {
        final Promise<T> answer = Promise.promise();
        private final ChannelCall<T> call;
        private Future<T> outcome = Future.failedFuture(new BrokerException("Not run."));

        QueuedCall(ChannelCall<T> call) {
            this.call = call;
        }

        void run() {
            try {
                outcome = Future.succeededFuture(call.on(openChannel()));
            } catch (IOException | RuntimeException cause) {
                outcome = Future.failedFuture(cause);
            }
        }

        void complete() {
            outcome.onComplete(answer);
        }
    }

    /** A blocking operation on a channel. */
    @FunctionalInterface
    public interface ChannelCall<T> {
        T on(Channel channel) throws IOException;
    }

    /** A blocking operation on a channel, without a result. */
    @FunctionalInterface
    public interface ChannelAction {
        void on(Channel channel) throws IOException;
    }

    /** Captures the connection and the channel of the client, which exposes them only to its metrics collector. */
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
