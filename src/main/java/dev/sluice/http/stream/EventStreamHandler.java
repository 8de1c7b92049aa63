package dev.sluice.http.stream;

import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.backend.update.UpdateFeed;
import dev.sluice.common.KeyedCounter;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;

/** Sends live updates as server-sent events. */
public final class EventStreamHandler {
    private static final int MAX_STREAMS = 5_000;

    private final Vertx vertx;
    private final UpdateFeed feed;
    private final MediaJobService jobs;
    private final int maxPerUser;
    private final StreamMetrics metrics;
    private final KeyedCounter openByUser = new KeyedCounter();

    /** @param maxPerUser open streams of each user */
    public EventStreamHandler(
            Vertx vertx, UpdateFeed feed, MediaJobService jobs, int maxPerUser, StreamMetrics metrics) {
        this.vertx = vertx;
        this.feed = feed;
        this.jobs = jobs;
        this.maxPerUser = maxPerUser;
        this.metrics = metrics;
    }

    public Map<String, StreamingHandler> handlers() {
        return Map.of("jobEvents", this::jobEvents, "events", this::allEvents);
    }

    private Future<Void> allEvents(ApiRequest call, HttpServerRequest request) {
        return open(call, request, Optional.empty());
    }

    private Future<Void> jobEvents(ApiRequest call, HttpServerRequest request) {
        return jobs.requireAccessibleJob(call.jobId(), call.caller())
                .compose(job -> open(call, request, Optional.of(job.id())));
    }

    private Future<Void> open(ApiRequest call, HttpServerRequest request, Optional<JobId> job) {
        if (feed.subscriberCount() >= MAX_STREAMS) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OVERLOADED,
                    "The limit of " + MAX_STREAMS + " concurrent streams is reached. Retry later."));
        }
        String user = call.caller().subject();
        if (openByUser.of(user) >= maxPerUser) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.QUOTA_EXCEEDED,
                    "The limit of " + maxPerUser + " concurrent streams of one user is reached. Close some."));
        }
        openByUser.increment(user);
        metrics.opened();
        request.resume();
        new EventStream(vertx, feed, call.caller(), job, request.response(), () -> close(user))
                .open(Optional.ofNullable(request.getHeader("Last-Event-ID")), call.tokenExpiry());
        return Future.succeededFuture();
    }

    private void close(String user) {
        openByUser.decrement(user);
        metrics.closed();
    }
}
