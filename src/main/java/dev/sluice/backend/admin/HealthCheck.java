package dev.sluice.backend.admin;

import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobQueryRepository;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the database, the broker and the object store respond. A report is cached for five seconds, because a check
 * opens a connection to the broker and clients need no token. For use on one context.
 */
public final class HealthCheck {
    private static final long CACHE_TTL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long TIMEOUT_SECONDS = 5;

    private final JobQueryRepository database;
    private final ObjectStore store;
    private final QueueInspector broker;
    private @Nullable Future<HealthReport> latest;
    private long checkedAtNanos;

    public HealthCheck(JobQueryRepository database, ObjectStore store, QueueInspector broker) {
        this.database = database;
        this.store = store;
        this.broker = broker;
    }

    /** Never fails. */
    public Future<HealthReport> check() {
        Future<HealthReport> cached = latest;
        if (cached != null && (!cached.isComplete() || System.nanoTime() - checkedAtNanos < CACHE_TTL_NANOS)) {
            return cached;
        }
        checkedAtNanos = System.nanoTime();
        Future<HealthReport> report = checkNow();
        latest = report;
        return report;
    }

    private Future<HealthReport> checkNow() {
        var responses = Future.all(
                responds(database.ping()),
                responds(broker.messageCounts(List.of(Topology.DOWNLOAD_QUEUE))),
                responds(store.check()));
        return responses.map(all -> {
            Map<String, Boolean> services = new LinkedHashMap<>();
            services.put("database", all.<Boolean>resultAt(0));
            services.put("broker", all.<Boolean>resultAt(1));
            services.put("store", all.<Boolean>resultAt(2));
            return new HealthReport(services);
        });
    }

    private static Future<Boolean> responds(Future<?> request) {
        return request.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).map(true).otherwise(false);
    }

    /**
     * Result of the checks.
     *
     * @param services whether each of {@code database}, {@code broker} and {@code store} responded
     */
    public record HealthReport(Map<String, Boolean> services) {
        public boolean isHealthy() {
            return services.values().stream().allMatch(Boolean::booleanValue);
        }

        /** Whether requests can be served: only the database is needed, jobs wait there for the other services. */
        public boolean isReady() {
            return services.getOrDefault("database", false);
        }
    }
}
