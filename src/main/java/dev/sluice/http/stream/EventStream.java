package dev.sluice.http.stream;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.update.FeedEntry;
import dev.sluice.backend.update.UpdateFeed;
import dev.sluice.job.JobId;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One open stream of server-sent events, as WHATWG's HTML standard has them (section 9.2). It has no queue of its own: it knows
 * its place in the feed, and reads on when the connection takes more. Who is so slow that the feed has moved on without him is
 * told to {@code reset}, as is who comes back with a place that is no longer known.
 */
final class EventStream {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int AT_ONCE = 100;
    private static final long NONE = -1;
    private static final Buffer KEEP_ALIVE_COMMENT = Buffer.buffer(":\n\n");

    private final Vertx vertx;
    private final UpdateFeed feed;
    private final Caller caller;
    private final Optional<JobId> job;
    private final HttpServerResponse response;
    private final Runnable watcher = this::writePending;
    private UpdateFeed.Position place;
    private long keepAlive;
    private long tokenEnds = NONE;
    private boolean closed;

    /** @param job the only one to tell of; empty: all that the caller may see */
    EventStream(Vertx vertx, UpdateFeed feed, Caller caller, Optional<JobId> job, HttpServerResponse response) {
        this.vertx = vertx;
        this.feed = feed;
        this.caller = caller;
        this.job = job;
        this.response = response;
        this.place = feed.latestPosition();
    }

    /**
     * Begins to write.
     *
     * @param lastSeen what the caller was told last, where he was here before
     * @param until when the caller's token ends, and the stream with it
     */
    void open(Optional<String> lastSeen, Optional<Instant> until) {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no")
                .putHeader("X-Content-Type-Options", "nosniff");
        response.closeHandler(gone -> close());
        response.exceptionHandler(gone -> close());
        response.drainHandler(drained -> writePending());
        feed.subscribe(watcher);
        keepAlive = vertx.setPeriodic(KEEP_ALIVE.toMillis(), tick -> write(KEEP_ALIVE_COMMENT));
        until.ifPresent(this::endAt);
        write(Buffer.buffer("retry: 2000\n\n"));
        lastSeen.filter(seen -> !seen.isEmpty())
                .ifPresent(seen -> feed.parsePosition(seen).ifPresentOrElse(known -> place = known, this::reset));
        writePending();
    }

    private void endAt(Instant end) {
        long millis = Math.max(1, Duration.between(Instant.now(), end).toMillis());
        tokenEnds = vertx.setTimer(Math.min(millis, Integer.MAX_VALUE), ended -> {
            close();
            var unused = response.end();
        });
    }

    private void writePending() {
        if (response.ended() || response.closed()) {
            close();
        }
        if (!closed && !feed.contains(place)) {
            reset();
        }
        boolean more = true;
        while (more && !closed && !response.writeQueueFull()) {
            List<FeedEntry> next = feed.after(place, AT_ONCE);
            next.stream().filter(this::isForCaller).map(this::event).forEach(this::write);
            more = next.size() == AT_ONCE;
            if (!next.isEmpty()) {
                place = new UpdateFeed.Position(
                        place.epoch(), next.get(next.size() - 1).number());
            }
        }
    }

    private boolean isForCaller(FeedEntry update) {
        return job.map(update.job()::equals).orElseGet(() -> caller.canAccess(update.owner()));
    }

    private Buffer event(FeedEntry update) {
        String id = new UpdateFeed.Position(place.epoch(), update.number()).text();
        return Buffer.buffer("event: update\nid: " + id + "\ndata: ")
                .appendBuffer(update.message())
                .appendString("\n\n");
    }

    private void reset() {
        place = feed.latestPosition();
        write(Buffer.buffer("event: reset\nid: " + place.text() + "\ndata: {}\n\n"));
    }

    private void write(Buffer event) {
        if (!closed) {
            // A write that fails is followed by the end of the connection, which is heard of.
            var unused = response.write(event);
        }
    }

    private void close() {
        closed = true;
        feed.unsubscribe(watcher);
        vertx.cancelTimer(keepAlive);
        vertx.cancelTimer(tokenEnds);
    }
}
