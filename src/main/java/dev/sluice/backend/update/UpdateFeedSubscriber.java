package dev.sluice.backend.update;

import dev.sluice.broker.UpdateSubscription;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.JobId;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.JobQueryRepository;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
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
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(1);
    private static final int OWNER_CACHE_SIZE = 10_000;

    private final Vertx vertx;
    private final RabbitMqConfig broker;
    private final JobQueryRepository queries;
    private final UpdateFeed feed;
    private final Map<JobId, Optional<String>> owners = new LinkedHashMap<>();
    private Future<UpdateSubscription> subscription = Future.failedFuture("not started");
    private Future<Void> last = Future.succeededFuture();
    private boolean stopped;
    private boolean disconnected;

    public UpdateFeedSubscriber(Vertx vertx, RabbitMqConfig broker, JobQueryRepository queries, UpdateFeed feed) {
        this.vertx = vertx;
        this.broker = broker;
        this.queries = queries;
        this.feed = feed;
    }

    /** Subscribes; retries while the broker is unavailable. */
    public void start() {
        Context context = vertx.getOrCreateContext();
        subscription = UpdateSubscription.open(vertx, broker, UpdateSubscription.Source.PRIVATE_QUEUE, message -> {
            context.runOnContext(received -> onMessage(message));
            return true;
        });
        subscription
                .onSuccess(opened -> {
                    if (disconnected) {
                        LOG.atInfo().log("update subscription restored");
                    }
                    disconnected = false;
                    feed.invalidate();
                })
                .compose(UpdateSubscription::whenClosed)
                .onFailure(this::reconnect);
    }

    /** Never fails. */
    public Future<Void> stop() {
        stopped = true;
        return subscription.compose(UpdateSubscription::close).otherwiseEmpty();
    }

    private void reconnect(Throwable cause) {
        if (stopped) {
            return;
        }
        if (!disconnected) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("update subscription lost; reconnecting");
        }
        disconnected = true;
        vertx.setTimer(RECONNECT_DELAY.toMillis(), waited -> {
            if (!stopped) {
                start();
            }
        });
    }

    /** Sequential, so that the order is kept while an owner is read from the database. */
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
                .onFailure(cause -> LOG.atError().setCause(cause).log("update dropped from live stream"));
    }

    /** Messages of other systems may contain line breaks, which have no meaning between JSON tokens. */
    private static Buffer onOneLine(Buffer message) {
        return Buffer.buffer(message.toString(StandardCharsets.UTF_8).replaceAll("[\r\n]+", " "));
    }

    private Future<Optional<String>> owner(JobId job) {
        Optional<String> cached = owners.get(job);
        return cached != null
                ? Future.succeededFuture(cached)
                : queries.job(job)
                        .map(found -> found.flatMap(details -> details.source().userId()))
                        .onSuccess(owner -> owner.ifPresent(found -> remember(job, owner)))
                        // While the database is unavailable only administrators receive updates.
                        .otherwise(Optional.empty());
    }

    private void remember(JobId job, Optional<String> owner) {
        owners.put(job, owner);
        if (owners.size() > OWNER_CACHE_SIZE) {
            owners.remove(owners.keySet().iterator().next());
        }
    }
}
