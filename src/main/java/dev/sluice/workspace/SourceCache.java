package dev.sluice.workspace;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.tracing.Span;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches sources downloaded because an earlier stage ran on another host. Each is downloaded once for all tasks that
 * need it, and kept for later tasks. If the cache exceeds its limit, the least recently used sources are removed first;
 * if the disk is low on space, all unused ones are removed. Sources in use stay.
 */
public final class SourceCache {
    private static final Logger LOG = LoggerFactory.getLogger(SourceCache.class);

    private final Workspace workspace;
    private final long maxBytes;
    private final Map<JobId, Entry> entries = new HashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private long clock;

    /**
     * Creates a cache that does not know of sources already in the workspace.
     *
     * @param maxBytes limit in bytes, 0 or more
     */
    public SourceCache(Workspace workspace, long maxBytes) {
        this.workspace = workspace;
        this.maxBytes = maxBytes;
        workspace.onLowDiskSpace(this::removeUnused);
    }

    /** Downloads an object into a file. */
    @FunctionalInterface
    public interface Fetch {
        Future<Void> into(Path target, CancellationToken cancellation);
    }

    private static final class Entry {
        private final CancellationToken cancellation = new CancellationToken();
        private final long bytes;
        private Future<Path> file = Future.failedFuture("not requested");
        private int users;
        private long lastUse;

        Entry(long bytes) {
            this.bytes = bytes;
        }

        /** Cancels the download if it is unfinished: no task waits for it. */
        void cancelIfUnfinished() {
            if (!file.isComplete()) {
                cancellation.cancel(new JobException(ErrorCode.SHUTDOWN, "The download was cancelled."));
            }
        }
    }

    /**
     * Runs {@code work} with the source of a job, which is downloaded if it is missing. The source stays until the
     * future returned by {@code work} completes. A cancelled caller stops waiting; the download continues while any
     * caller waits for it.
     *
     * @param bytes size of the object
     */
    public <T> Future<T> withSource(
            JobId job, long bytes, CancellationToken cancellation, Fetch fetch, Function<Path, Future<T>> work) {
        Entry entry = acquire(job, bytes, cancellation.span(), fetch);
        return awaited(entry.file, cancellation).compose(work).onComplete(ended -> release(job, entry));
    }

    /** @param span of the run that starts the download, if it has to be started */
    private synchronized Entry acquire(JobId job, long bytes, Span span, Fetch fetch) {
        @Nullable Entry known = entries.get(job);
        Entry entry =
                known == null || known.bytes != bytes || known.cancellation.isCancelled() ? new Entry(bytes) : known;
        (entry == known ? hits : misses).increment();
        entries.put(job, entry);
        entry.lastUse = ++clock;
        if (entry.users++ == 0) {
            entry.cancellation.setSpan(span);
            // Also if it existed before: another process may have removed it since.
            entry.file = workspace.fetchSource(job, bytes, target -> fetch.into(target, entry.cancellation));
        }
        return entry;
    }

    /** Returns how often a source was in the cache, or on its way there. */
    double hits() {
        return (double) hits.sum();
    }

    double misses() {
        return (double) misses.sum();
    }

    private static Future<Path> awaited(Future<Path> file, CancellationToken cancellation) {
        Promise<Path> promise = Promise.promise();
        @Nullable Context context = Vertx.currentContext();
        CancellationToken.Registration stop = cancellation.onCancel(() ->
                cancellation.reason().ifPresent(why -> on(context, () -> promise.tryFail(why))));
        file.onComplete(there -> on(context, () -> {
            stop.close();
            if (there.succeeded()) {
                promise.tryComplete(there.result());
            } else {
                promise.tryFail(there.cause());
            }
        }));
        return promise.future();
    }

    private static void on(@Nullable Context context, Runnable action) {
        if (context == null) {
            action.run();
        } else {
            context.runOnContext(now -> action.run());
        }
    }

    private void release(JobId job, Entry entry) {
        List<JobId> due = new ArrayList<>();
        synchronized (this) {
            if (--entry.users > 0) {
                return;
            }
            if (!entry.file.succeeded()) {
                entries.remove(job, entry);
            }
            long kept = entries.values().stream().mapToLong(each -> each.bytes).sum();
            while (kept > maxBytes) {
                @Nullable JobId oldest = oldestUnused();
                if (oldest == null) {
                    break;
                }
                kept -= forget(oldest);
                due.add(oldest);
            }
        }
        entry.cancelIfUnfinished();
        due.forEach(old -> workspace.deleteSource(old).onFailure(SourceCache::logNotDeleted));
    }

    private long forget(JobId job) {
        @Nullable Entry gone = entries.remove(job);
        return gone == null ? 0 : gone.bytes;
    }

    private @Nullable JobId oldestUnused() {
        @Nullable JobId oldest = null;
        long earliest = Long.MAX_VALUE;
        for (Map.Entry<JobId, Entry> each : entries.entrySet()) {
            if (each.getValue().users == 0 && each.getValue().lastUse < earliest) {
                earliest = each.getValue().lastUse;
                oldest = each.getKey();
            }
        }
        return oldest;
    }

    private boolean removeUnused() {
        List<JobId> due;
        synchronized (this) {
            due = entries.entrySet().stream()
                    .filter(each -> each.getValue().users == 0)
                    .map(Map.Entry::getKey)
                    .toList();
            due.forEach(entries::remove);
        }
        boolean removed = false;
        for (JobId job : due) {
            try {
                workspace.deleteSourceBlocking(job);
                removed = true;
            } catch (IOException cause) {
                logNotDeleted(cause);
            }
        }
        return removed;
    }

    private static void logNotDeleted(Throwable cause) {
        LOG.atWarn().addKeyValue("error", String.valueOf(cause.getMessage())).log("cached source not deleted");
    }
}
