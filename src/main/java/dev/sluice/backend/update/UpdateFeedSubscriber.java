package dev.sluice.backend.update;

import dev.sluice.broker.UpdateSubscription;
import dev.sluice.config.RabbitMqConfig;
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
import java.util.LinkedHashMap;
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
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(1);
    private static final int OWNER_CACHE_SIZE = 10_000;

    private final Vertx vertx;
    private final RabbitMqConfig broker;
    private final JobQueryRepository queries;
    private final UpdateFeed feed;
    private final Map<JobId, Optional<String>> owners = new LinkedHashMap<>();
    private Future<UpdateSubscription> listener = Future.failedFuture("not started");
    private Future<Void> last = Future.succeededFuture();
    private boolean stopped;
    private boolean disconnected;

    public UpdateFeedSubscriber(Vertx vertx, RabbitMqConfig broker, JobQueryRepository queries, UpdateFeed feed) {
        this.vertx = vertx;
        this.broker = broker;
        this.queries = queries;
        this.feed = feed;
    }

    /** Begins to listen; a broker that is away is waited for. */
    public void start() {
        Context context = vertx.getOrCreateContext();
        listener = UpdateSubscription.open(vertx, broker, UpdateSubscription.Source.PRIVATE_QUEUE, message -> {
            context.runOnContext(heard -> onMessage(message));
            return true;
        });
        listener.onSuccess(listening -> {
                    if (disconnected) {
                        LOG.atInfo().log("live updates come again");
                    }
                    disconnected = false;
                    feed.invalidate();
                })
                .compose(UpdateSubscription::whenClosed)
                .onFailure(this::reconnect);
    }

    /** Ends it; never fails. */
    public Future<Void> stop() {
        stopped = true;
        return listener.compose(UpdateSubscription::close).otherwiseEmpty();
    }

    private void reconnect(Throwable cause) {
        if (stopped) {
            return;
        }
        if (!disconnected) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("live updates are not heard, will try again");
        }
        disconnected = true;
        vertx.setTimer(RECONNECT_DELAY.toMillis(), waited -> {
            if (!stopped) {
                start();
            }
        });
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
                        .onSuccess(owner -> owner.ifPresent(found -> remember(job, owner)))
                        // Without a database nobody but an admin is told.
                        .otherwise(Optional.empty());
    }

    private void remember(JobId job, Optional<String> owner) {
        owners.put(job, owner);
        if (owners.size() > OWNER_CACHE_SIZE) {
            owners.remove(owners.keySet().iterator().next());
        }
    }
}
