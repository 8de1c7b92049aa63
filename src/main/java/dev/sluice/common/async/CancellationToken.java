package dev.sluice.common.async;

import dev.sluice.common.tracing.Span;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cancels running work for a stated reason. Code that starts a process or transfer registers how to stop it; the first
 * {@link #cancel} runs all registered actions, and actions registered later run immediately. What the work uses is added to its
 * {@link #cost}, and its processes and requests are children of its {@link #span}. Safe for use from any thread.
 */
public final class CancellationToken {
    private final List<Runnable> actions = new ArrayList<>();
    private final CostMeter cost;
    private volatile Span span = Span.NONE;
    private @Nullable JobException reason;

    public CancellationToken() {
        this(new CostMeter());
    }

    private CancellationToken(CostMeter cost) {
        this.cost = cost;
    }

    /** A token for parts of the work, with its cost and span, that is cancelled with it or alone. */
    public CancellationToken child() {
        CancellationToken child = new CancellationToken(cost);
        child.setSpan(span);
        var unused = onCancel(() -> reason().ifPresent(child::cancel));
        return child;
    }

    /** Cancels the work; only the first reason counts. */
    public void cancel(JobException cause) {
        List<Runnable> due;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = cause;
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
                return () -> remove(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void remove(Runnable action) {
        actions.remove(action);
    }

    /** The cost of the work that this token cancels. */
    public CostMeter cost() {
        return cost;
    }

    /** The span of the work that this token cancels. */
    public Span span() {
        return span;
    }

    public void setSpan(Span span) {
        this.span = span;
    }

    public boolean isCancelled() {
        return reason().isPresent();
    }

    /** The reason for the cancellation; empty if not cancelled. */
    public synchronized Optional<JobException> reason() {
        return Optional.ofNullable(reason);
    }

    /** Throws the reason if the work was cancelled. */
    public void throwIfCancelled() {
        reason().ifPresent(cause -> {
            throw cause;
        });
    }

    /** Fails with the reason if the work was cancelled. */
    public Future<Void> failIfCancelled() {
        return reason().<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture);
    }

    /** A registered action; closing removes it. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
