package dev.sluice.standalone;

import dev.sluice.config.SluiceConfig;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobView;
import dev.sluice.persistence.job.Jobs;
import dev.sluice.persistence.job.RunView;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** How jobs stand, read from the database that a configuration leads to. */
final class JobBook implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(120);

    private final Vertx vertx = Vertx.vertx();
    private final Database database;
    private final Jobs jobs;

    private JobBook(SluiceConfig config) {
        this.database = Database.open(vertx, config.postgres()).await();
        this.jobs =
                new Jobs(database, UserTables.open(database, config.postgres()).await());
    }

    static JobBook open(JsonObject configuration) {
        return new JobBook(SluiceConfig.read(configuration, Map.of()));
    }

    JobView job(String id) {
        return jobs.job(new JobId(id)).await().orElseThrow();
    }

    RunView run(String id, StageName stage) {
        return job(id).runs().stream()
                .filter(run -> run.stage() == stage)
                .findFirst()
                .orElseThrow();
    }

    JobView awaitEnd(String id) {
        return Awaitility.await()
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> job(id), job -> job.state() != JobView.State.RUNNING);
    }

    @Override
    public void close() {
        database.close().await();
        vertx.close().await();
    }
}
