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
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a feed with copies of the updates that go through the exchange, so that every process has all of them, and the queue
 * of the contract is left to whom it is for. Starts and stops on the event loop that the feed belongs to.
 */
public final class UpdateFeedSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(UpdateFeedSubscriber.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5);
    private static final int OWNER_CACHE_SIZE = 10_000;

    private final Vertx vertx;
    private final RabbitMqConfig broker;
    private final JobQueryRepository queries;
    private final UpdateFeed feed;
    private final Map<JobId, Optional<String>> owners = new LruCache<>(OWNER_CACHE_SIZE);
    private final CancellationToken stop = new CancellationToken();
    private Future<UpdateSubscription> listener = Future.failedFuture("not started");
    private Future<Void> last = Future.succeededFuture();
    private boolean disconnected;

    public UpdateFeedSubscriber(Vertx vertx, RabbitMqConfig broker, JobQueryRepository queries, UpdateFeed feed) {
        this.vertx = vertx;
        this.broker = broker;
        this.queries = queries;
        this.feed = feed;
    }

    /** Subscribes, and again whenever the connection is lost or the broker is unavailable. */
    public void start() {
        new AsyncRetry(new CancellableDelay(vertx, stop), BACKOFF, cause -> true, this::logOutage)
                .run(() -> stop.isCancelled() ? Future.succeededFuture() : subscribeUntilClosed())
                .onFailure(closed -> LOG.atDebug().log("subscription closed"));
    }

    private Future<Void> subscribeUntilClosed() {
        Context context = vertx.getOrCreateContext();
        listener = UpdateSubscription.open(vertx, broker, UpdateSubscription.Source.PRIVATE_QUEUE, message -> {
            context.runOnContext(heard -> onMessage(message));
            return true;
        });
        return listener.compose(listening -> {
            if (disconnected) {
                LOG.atInfo().log("live updates come again");
            }
            disconnected = false;
            feed.invalidate();
            return listening.whenClosed();
        });
    }

    /** Ends it; never fails. */
    public Future<Void> stop() {
        stop.cancel(new JobException(ErrorCode.SHUTDOWN, "The backend is shutting down."));
        return listener.compose(UpdateSubscription::close).otherwiseEmpty();
    }

    private void logOutage(Throwable cause, Duration delay) {
        if (!disconnected) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("live updates are not heard, will try again");
        }
        disconnected = true;
    }

    /** One after the other, so that they stay in their order while an owner is looked up. */
    private void onMessage(Buffer message) {
        JobId job;
        try {
            job = MessageCodec.decodeUpdate(message).job();
        } catch (InvalidMessageException invalid) {
            return;
        }
        Buffer line = onOneLine(message);
        last = last.transform(before -> owner(job))
                .<Void>map(owner -> {
                    feed.add(job, owner, line);
                    return null;
                })
                .onFailure(cause -> LOG.atError().setCause(cause).log("a live update was lost"));
    }

    /** What another system sends may have line ends in it; in JSON they mean nothing. */
    private static Buffer onOneLine(Buffer message) {
        return Buffer.buffer(message.toString(StandardCharsets.UTF_8).replaceAll("[\r\n]+", " "));
    }

    private Future<Optional<String>> owner(JobId job) {
        Optional<String> known = owners.get(job);
        return known != null
                ? Future.succeededFuture(known)
                : queries.job(job)
                        .map(found -> found.flatMap(details -> details.source().userId()))
                        .onSuccess(owner -> owner.ifPresent(found -> owners.put(job, owner)))
                        // Without a database nobody but an admin is told.
                        .otherwise(Optional.empty());
    }
}
