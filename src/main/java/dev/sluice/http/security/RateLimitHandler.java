package dev.sluice.http.security;

import dev.sluice.common.LruCache;
import dev.sluice.http.problem.ProblemCode;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets an address ask so often a second on average, and twice as often at once. The address is that of the connection: what a
 * header says of it anybody may write.
 */
public final class RateLimitHandler implements PlatformHandler {
    /** Who was longest quiet is forgotten first; that is to his advantage. */
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
        if (tryAcquire(request.request().remoteAddress().hostAddress())) {
            request.next();
        } else {
            request.fail(ProblemCode.TOO_MANY_REQUESTS.status());
        }
    }

    boolean tryAcquire(String address) {
        long now = nanoTime.getAsLong();
        Bucket old = buckets.getOrDefault(address, new Bucket(2.0 * perSecond, now));
        double refilled = (now - old.at()) * (double) perSecond / TimeUnit.SECONDS.toNanos(1);
        double left = Math.min(2.0 * perSecond, old.left() + refilled);
        boolean allowed = left >= 1;
        buckets.put(address, new Bucket(allowed ? left - 1 : left, now));
        return allowed;
    }

    int size() {
        return buckets.size();
    }

    private record Bucket(double left, long at) {}
}
