package dev.sluice.http;

import dev.sluice.backend.LiveFeed;
import dev.sluice.backend.MediaJobs;
import dev.sluice.backend.Refusal;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;

/** Updates as they come, as server-sent events. */
final class EventOperations {
    private static final int MOST_STREAMS = 5_000;

    private final Vertx vertx;
    private final LiveFeed feed;
    private final MediaJobs jobs;

    EventOperations(Vertx vertx, LiveFeed feed, MediaJobs jobs) {
        this.vertx = vertx;
        this.feed = feed;
        this.jobs = jobs;
    }

    Map<String, Streaming> operations() {
        return Map.of("jobEvents", this::ofOne, "events", this::ofAll);
    }

    private Future<Void> ofAll(Call call, HttpServerRequest request) {
        return open(call, request, Optional.empty());
    }

    private Future<Void> ofOne(Call call, HttpServerRequest request) {
        return jobs.own(call.job(), call.caller()).compose(job -> open(call, request, Optional.of(job.id())));
    }

    private Future<Void> open(Call call, HttpServerRequest request, Optional<JobId> job) {
        if (feed.watchers() >= MOST_STREAMS) {
            return Future.failedFuture(new Refusal(
                    Refusal.Reason.BUSY, "As many streams as this host serves are open; try again in a moment."));
        }
        request.resume();
        new EventStream(vertx, feed, call.caller(), job, request.response())
                .open(Optional.ofNullable(request.getHeader("Last-Event-ID")), call.until());
        return Future.succeededFuture();
    }
}
