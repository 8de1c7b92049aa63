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
    private static final long GOOD_FOR_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LONGEST_SECONDS = 5;

    private final JobQueryRepository database;
    private final ObjectStore store;
    private final QueueInspector broker;
    private @Nullable Future<Look> latest;
    private long lookedAt;

    public HealthCheck(JobQueryRepository database, ObjectStore store, QueueInspector broker) {
        this.database = database;
        this.store = store;
        this.broker = broker;
    }

    /** How the services are; never fails. */
    public Future<Look> look() {
        Future<Look> known = latest;
        if (known != null && (!known.isComplete() || System.nanoTime() - lookedAt < GOOD_FOR_NANOS)) {
            return known;
        }
        lookedAt = System.nanoTime();
        Future<Look> look = lookNow();
        latest = look;
        return look;
    }

    private Future<Look> lookNow() {
        var answers = Future.all(
                answers(database.ping()), answers(broker.of(List.of(Topology.DOWNLOAD_QUEUE))), answers(store.check()));
        return answers.map(all -> {
            Map<String, Boolean> services = new LinkedHashMap<>();
            services.put("database", all.<Boolean>resultAt(0));
            services.put("broker", all.<Boolean>resultAt(1));
            services.put("store", all.<Boolean>resultAt(2));
            return new Look(services);
        });
    }

    private static Future<Boolean> answers(Future<?> asked) {
        return asked.timeout(LONGEST_SECONDS, TimeUnit.SECONDS).map(true).otherwise(false);
    }

    /** What was found: {@code database}, {@code broker} and {@code store}, and whether each answered. */
    public record Look(Map<String, Boolean> services) {
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
