package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.LruCache;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.PresignedUrls;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Presigned URLs for users, a limited number in a minute for each user. For use on one event loop. Futures fail with {@link
 * RequestRejectedException} if the quota of this minute is exhausted.
 */
public final class PresignedUrlService {
    /** The least recently used is evicted first. */
    private static final int MAX_USERS = 10_000;

    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final PresignedUrls urls;
    private final Duration ttl;
    private final int maxPerMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Window> windows = new LruCache<>(MAX_USERS);

    /**
     * @param ttl validity of the URLs
     * @param maxPerMinute URLs of one user
     */
    public PresignedUrlService(PresignedUrls urls, Duration ttl, int maxPerMinute, LongSupplier nanoTime) {
        this.urls = urls;
        this.ttl = ttl;
        this.maxPerMinute = maxPerMinute;
        this.nanoTime = nanoTime;
    }

    public Duration ttl() {
        return ttl;
    }

    /** As {@link PresignedUrls#origin}. */
    public Optional<String> origin() {
        return urls.origin();
    }

    /** As {@link PresignedUrls#forDownload(List, Duration)}. */
    public Future<List<URI>> forDownload(Caller caller, List<ObjectKey> keys) {
        return count(caller, keys.size(), () -> urls.forDownload(keys, ttl));
    }

    /** As {@link PresignedUrls#forDownload(List, Instant, Duration)}. */
    public Future<List<URI>> forDownload(Caller caller, List<ObjectKey> keys, Instant from, Duration valid) {
        return count(caller, keys.size(), () -> urls.forDownload(keys, from, valid));
    }

    /** As {@link PresignedUrls#forUpload}. */
    public Future<URI> forUpload(Caller caller, ObjectKey key, long bytes, String contentType) {
        return count(caller, 1, () -> urls.forUpload(key, bytes, contentType, ttl));
    }

    /** As {@link PresignedUrls#forPartUploads}. */
    public Future<List<URI>> forPartUploads(Caller caller, MultipartUploadId upload, List<Long> lengths) {
        return count(caller, lengths.size(), () -> urls.forPartUploads(upload, lengths, ttl));
    }

    /** The first request of a minute may have any number: a long video has thousands of outputs. */
    private <T> Future<T> count(Caller caller, int number, Supplier<Future<T>> sign) {
        long now = nanoTime.getAsLong();
        Window window = windows.get(caller.subject());
        if (window == null || now - window.startedAt() >= MINUTE_NANOS) {
            window = new Window(now, 0);
        }
        if (window.urls() > 0 && window.urls() + number > maxPerMinute) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.QUOTA_EXCEEDED,
                    "The presigned URLs of one user are limited to " + maxPerMinute + " in a minute. Retry later."));
        }
        windows.put(caller.subject(), new Window(window.startedAt(), window.urls() + number));
        return sign.get();
    }

    private record Window(long startedAt, long urls) {}
}
