package dev.sluice.common.async;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells running work to stop, and why. Whoever starts something that can be stopped (a process, a transfer) registers how;
 * the first {@link #cancel} runs all of it, and what is registered later runs at once. Safe for use from any thread.
 */
public final class CancellationToken {
    private final List<Runnable> actions = new ArrayList<>();
    private @Nullable JobException reason;

    /** Stops the work; only the first reason counts. */
    public void cancel(JobException why) {
        List<Runnable> due;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    /** Runs {@code action} when the work is cancelled; the registration ends when it is closed. */
    public Registration onCancel(Runnable action) {
        synchronized (this) {
            if (reason == null) {
                actions.add(action);
                return () -> forget(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void forget(Runnable action) {
        actions.remove(action);
    }

    public boolean isCancelled() {
        return reason().isPresent();
    }

    /** Why the work was cancelled, if it was. */
    public synchronized Optional<JobException> reason() {
        return Optional.ofNullable(reason);
    }

    /** Throws the reason if the work was cancelled. */
    public void throwIfCancelled() {
        reason().ifPresent(why -> {
            throw why;
        });
    }

    /** Fails with the reason if the work was cancelled. */
    public Future<Void> failIfCancelled() {
        return reason().<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture);
    }

    /** An entry that ends when closed. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
