package dev.sluice.http.stream;

import dev.sluice.config.BackendConfig;
import dev.sluice.http.problem.Problem;
import dev.sluice.http.problem.ProblemCode;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/**
 * Watches the pace of a request body: in each interval a minimum of bytes must be received, unless the process itself did not
 * read meanwhile.
 */
final class RequestPace {
    private final Vertx vertx;
    private final BackendConfig.UploadPace limit;
    private long timer = -1;
    private long bytes;
    private boolean reading = true;
    private boolean interrupted;

    RequestPace(Vertx vertx, BackendConfig.UploadPace limit) {
        this.vertx = vertx;
        this.limit = limit;
    }

    /** @param onSlow called at most once, with the problem for the client */
    void start(Handler<Throwable> onSlow) {
        timer = vertx.setPeriodic(limit.interval().toMillis(), due -> check(onSlow));
    }

    void received(Buffer data) {
        bytes += data.length();
    }

    void setReading(boolean reading) {
        this.reading = reading;
        interrupted |= !reading;
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    private void check(Handler<Throwable> onSlow) {
        if (!interrupted && bytes < limit.minBytesPerInterval()) {
            stop();
            onSlow.handle(new Problem.ProblemException(ProblemCode.REQUEST_TIMEOUT));
        }
        bytes = 0;
        interrupted = !reading;
    }
}
