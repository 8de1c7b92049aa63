package dev.sluice.standalone;

import dev.sluice.config.SluiceConfig;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.job.RunStatus;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** Reads jobs from the database of a configuration. */
final class JobReader implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final Vertx vertx = Vertx.vertx();
    private final Database database;
    private final JobRepository jobs;

    private JobReader(SluiceConfig config) {
        this.database = Database.open(vertx, config.postgres()).await();
        this.jobs = new JobRepository(
                database, UserTables.open(database, config.postgres()).await());
    }

    static JobReader open(JsonObject configuration) {
        return new JobReader(SluiceConfig.read(configuration, Map.of()));
    }

    JobStatus job(String id) {
        return jobs.find(new JobId(id)).await().orElseThrow();
    }

    RunStatus run(String id, StageName stage) {
        return job(id).runs().stream()
                .filter(run -> run.stage() == stage)
                .findFirst()
                .orElseThrow();
    }

    JobStatus awaitEnd(String id) {
        return Awaitility.await()
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> job(id), job -> job.state() != JobStatus.State.RUNNING);
    }

    @Override
    public void close() {
        database.close().await();
        vertx.close().await();
    }
}
