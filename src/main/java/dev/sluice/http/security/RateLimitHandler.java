package dev.sluice.http.security;

import dev.sluice.common.LruCache;
import dev.sluice.http.problem.ProblemCode;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the requests of each client address with a token bucket; the burst is twice the rate. Uses the address of the
 * connection, because forwarding headers can be forged; of IPv6 the network.
 */
public final class RateLimitHandler implements PlatformHandler {
    /** The least recently used address is evicted first; its bucket is then full again. */
    private static final int MAX_ADDRESSES = 10_000;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new LruCache<>(MAX_ADDRESSES);

    public RateLimitHandler(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    @Override
    public void handle(RoutingContext request) {
        if (tryAcquire(ClientAddress.of(request.request().remoteAddress()))) {
            request.next();
        } else {
            request.fail(ProblemCode.TOO_MANY_REQUESTS.status());
        }
    }

    boolean tryAcquire(String address) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.getOrDefault(address, new Bucket(2.0 * perSecond, now));
        double refilled = (now - bucket.updatedAt()) * (double) perSecond / TimeUnit.SECONDS.toNanos(1);
        double tokens = Math.min(2.0 * perSecond, bucket.tokens() + refilled);
        boolean allowed = tokens >= 1;
        buckets.put(address, new Bucket(allowed ? tokens - 1 : tokens, now));
        return allowed;
    }

    int size() {
        return buckets.size();
    }

    private record Bucket(double tokens, long updatedAt) {}
}
