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
 * One stream of server-sent events (WHATWG HTML standard, section 9.2). It has no queue: it keeps its position in the feed and
 * reads on when the connection accepts more data. A client whose position is no longer in the feed, because it is too slow or
 * reconnects too late, receives a {@code reset} event.
 */
final class EventStream {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int BATCH_SIZE = 100;
    private static final long NO_TIMER = -1;
    private static final Buffer KEEP_ALIVE_COMMENT = Buffer.buffer(":\n\n");

    private final Vertx vertx;
    private final UpdateFeed feed;
    private final Caller caller;
    private final Optional<JobId> job;
    private final HttpServerResponse response;
    private final Runnable onClose;
    private final Runnable subscriber = this::writePending;
    private UpdateFeed.Position position;
    private long keepAliveTimer;
    private long tokenTimer = NO_TIMER;
    private boolean closed;

    /**
     * @param job whose updates are sent; empty: all jobs that the caller has access to
     * @param onClose runs once
     */
    EventStream(
            Vertx vertx,
            UpdateFeed feed,
            Caller caller,
            Optional<JobId> job,
            HttpServerResponse response,
            Runnable onClose) {
        this.vertx = vertx;
        this.feed = feed;
        this.caller = caller;
        this.job = job;
        this.response = response;
        this.onClose = onClose;
        this.position = feed.latestPosition();
    }

    /**
     * Starts the stream.
     *
     * @param lastEventId of a client that reconnects
     * @param tokenExpiry ends the stream
     */
    void open(Optional<String> lastEventId, Optional<Instant> tokenExpiry) {
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no")
                .putHeader("X-Content-Type-Options", "nosniff");
        response.closeHandler(closed -> close());
        response.exceptionHandler(closed -> close());
        response.drainHandler(drained -> writePending());
        feed.subscribe(subscriber);
        keepAliveTimer = vertx.setPeriodic(KEEP_ALIVE.toMillis(), due -> write(KEEP_ALIVE_COMMENT));
        tokenExpiry.ifPresent(this::endAt);
        write(Buffer.buffer("retry: 2000\n\n"));
        lastEventId
                .filter(id -> !id.isEmpty())
                .ifPresent(id -> feed.parsePosition(id).ifPresentOrElse(known -> position = known, this::reset));
        writePending();
    }

    private void endAt(Instant end) {
        long millis = Math.max(1, Duration.between(Instant.now(), end).toMillis());
        tokenTimer = vertx.setTimer(Math.min(millis, Integer.MAX_VALUE), ended -> {
            close();
            var unused = response.end();
        });
    }

    private void writePending() {
        if (response.ended() || response.closed()) {
            close();
        }
        if (!closed && !feed.contains(position)) {
            reset();
        }
        boolean more = true;
        while (more && !closed && !response.writeQueueFull()) {
            List<FeedEntry> entries = feed.after(position, BATCH_SIZE);
            entries.stream().filter(this::isForCaller).map(this::event).forEach(this::write);
            more = entries.size() == BATCH_SIZE;
            if (!entries.isEmpty()) {
                position = new UpdateFeed.Position(
                        position.epoch(), entries.get(entries.size() - 1).number());
            }
        }
    }

    /** The owner of a job may change. The updates of one job are also sent while its owner cannot be read. */
    private boolean isForCaller(FeedEntry entry) {
        return job.map(entry.job()::equals).orElse(true)
                && (caller.canAccess(entry.owner())
                        || (job.isPresent() && entry.owner().isEmpty()));
    }

    private Buffer event(FeedEntry entry) {
        String id = new UpdateFeed.Position(position.epoch(), entry.number()).text();
        return Buffer.buffer("event: update\nid: " + id + "\ndata: ")
                .appendBuffer(entry.message())
                .appendString("\n\n");
    }

    private void reset() {
        position = feed.latestPosition();
        write(Buffer.buffer("event: reset\nid: " + position.text() + "\ndata: {}\n\n"));
    }

    private void write(Buffer event) {
        if (!closed) {
            // A failed write is followed by the close handler.
            var unused = response.write(event);
        }
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        onClose.run();
        feed.unsubscribe(subscriber);
        vertx.cancelTimer(keepAliveTimer);
        vertx.cancelTimer(tokenTimer);
    }
}
