package dev.sluice.backend.update;

import dev.sluice.broker.UpdateSubscription;
import dev.sluice.common.LruCache;
import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.job.JobQueryRepository;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a feed with copies of all updates from a private queue, so that every process receives each update and the contract's
 * updates queue is not consumed. Starts and stops on the event loop of the feed.
 */
public final class UpdateFeedSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(UpdateFeedSubscriber.class);
    private static final int OWNER_CACHE_SIZE = 10_000;
    /** For which a former owner receives updates at most. */
    private static final Duration OWNER_VALIDITY = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final RabbitMqConfig broker;
    private final JobQueryRepository queries;
    private final UpdateFeed feed;
    private final Map<JobId, KnownOwner> owners = new LruCache<>(OWNER_CACHE_SIZE);
    private final CancellationToken stop = new CancellationToken();
    private Future<UpdateSubscription> subscription = Future.failedFuture("not started");
    private Future<Void> last = Future.succeededFuture();
    private boolean disconnected;

    public UpdateFeedSubscriber(Vertx vertx, RabbitMqConfig broker, JobQueryRepository queries, UpdateFeed feed) {
        this.vertx = vertx;
        this.broker = broker;
        this.queries = queries;
        this.feed = feed;
    }

    /**
     * Subscribes; retries while the broker is unavailable. Never fails.
     *
     * @return ends after the first attempt, so that a client that connects later receives every update
     */
    public Future<Void> start() {
        Promise<Void> attempted = Promise.promise();
        new AsyncRetry(new CancellableDelay(vertx, stop), ExponentialBackoff.RECONNECT, cause -> true, this::logOutage)
                .run(() -> stop.isCancelled() ? Future.succeededFuture() : subscribeUntilClosed(attempted))
                .onFailure(closed -> LOG.atDebug().log("subscription closed"));
        return attempted.future();
    }

    private Future<Void> subscribeUntilClosed(Promise<Void> attempted) {
        Context context = vertx.getOrCreateContext();
        subscription = UpdateSubscription.open(vertx, broker, UpdateSubscription.Source.PRIVATE_QUEUE, message -> {
            // On the thread of the AMQP client: an update may have up to 1 MiB.
            decode(message).ifPresent(update -> context.runOnContext(received -> onUpdate(update)));
            return true;
        });
        subscription.onComplete(ended -> attempted.tryComplete());
        return subscription.compose(opened -> {
            if (disconnected) {
                LOG.atInfo().log("update subscription restored");
            }
            disconnected = false;
            feed.invalidate();
            return opened.whenClosed();
        });
    }

    /** Never fails. */
    public Future<Void> stop() {
        stop.cancel(new JobException(ErrorCode.SHUTDOWN, "The backend is shutting down."));
        return subscription.compose(UpdateSubscription::close).otherwiseEmpty();
    }

    private void logOutage(Throwable cause, Duration delay) {
        if (!disconnected) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("update subscription lost; reconnecting");
        }
        disconnected = true;
    }

    private static Optional<Update> decode(Buffer message) {
        try {
            return Optional.of(new Update(MessageCodec.decodeUpdate(message).job(), onOneLine(message)));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    /** Sequential, so that the order is kept while an owner is read from the database. */
    private void onUpdate(Update update) {
        last = last.transform(before -> owner(update.job()))
                .<Void>map(owner -> {
                    feed.add(update.job(), owner, update.line());
                    return null;
                })
                .onFailure(cause -> LOG.atError().setCause(cause).log("update dropped from live stream"));
    }

    /** Messages of other systems may contain line breaks, which have no meaning between JSON tokens. */
    private static Buffer onOneLine(Buffer message) {
        return Buffer.buffer(message.toString(StandardCharsets.UTF_8).replaceAll("[\r\n]+", " "));
    }

    private Future<Optional<String>> owner(JobId job) {
        long now = System.nanoTime();
        KnownOwner cached = owners.get(job);
        return cached != null && now - cached.readNanos < OWNER_VALIDITY.toNanos()
                ? Future.succeededFuture(Optional.of(cached.userId))
                : queries.owner(job)
                        .onSuccess(owner -> owner.ifPresent(found -> owners.put(job, new KnownOwner(found, now))))
                        // While the database is unavailable only administrators receive updates.
                        .otherwise(Optional.empty());
    }

    private record KnownOwner(String userId, long readNanos) {}

    /** A received update and its message on one line. */
    private record Update(JobId job, Buffer line) {}
}
