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
 * Whether the services can be reached. One look serves all who ask within five seconds: anybody may ask, and a look opens a
 * connection to the broker. For use on one context.
 */
public final class HealthCheck {
    private static final long CACHE_TTL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LONGEST_SECONDS = 5;

    private final JobQueryRepository database;
    private final ObjectStore store;
    private final QueueInspector broker;
    private @Nullable Future<HealthReport> latest;
    private long lookedAt;

    public HealthCheck(JobQueryRepository database, ObjectStore store, QueueInspector broker) {
        this.database = database;
        this.store = store;
        this.broker = broker;
    }

    /** How the services are; never fails. */
    public Future<HealthReport> check() {
        Future<HealthReport> known = latest;
        if (known != null && (!known.isComplete() || System.nanoTime() - lookedAt < CACHE_TTL_NANOS)) {
            return known;
        }
        lookedAt = System.nanoTime();
        Future<HealthReport> look = lookNow();
        latest = look;
        return look;
    }

    private Future<HealthReport> lookNow() {
        var answers = Future.all(
                responds(database.ping()),
                responds(broker.messageCounts(List.of(Topology.DOWNLOAD_QUEUE))),
                responds(store.check()));
        return answers.map(all -> {
            Map<String, Boolean> services = new LinkedHashMap<>();
            services.put("database", all.<Boolean>resultAt(0));
            services.put("broker", all.<Boolean>resultAt(1));
            services.put("store", all.<Boolean>resultAt(2));
            return new HealthReport(services);
        });
    }

    private static Future<Boolean> responds(Future<?> asked) {
        return asked.timeout(LONGEST_SECONDS, TimeUnit.SECONDS).map(true).otherwise(false);
    }

    /** What was found: {@code database}, {@code broker} and {@code store}, and whether each answered. */
    public record HealthReport(Map<String, Boolean> services) {
        /** Whether all did. */
        public boolean isWell() {
            return services.values().stream().allMatch(Boolean::booleanValue);
        }

        /** Whether requests can be answered: jobs wait in the database while the others are away. */
        public boolean isReady() {
            return services.getOrDefault("database", false);
        }
    }
}
