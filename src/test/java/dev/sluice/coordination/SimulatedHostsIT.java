package dev.sluice.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One film of two hours on so many hosts ({@code -Dhosts}) that sleep instead of encoding, so many times as fast as real ones
 * would ({@code -Dhosts.faster}); broker and database are real, and not faster. The figures are printed for a person to read; what is held to is that the film is completed.
 */
@Tag("long")
class SimulatedHostsIT {
    /** A host of two cores encodes 1080p at 0.6 times the speed of watching, with the default ladder. */
    private static final Duration WORK = Duration.ofMinutes(200);
    /** As many as the planner makes of a film. */
    private static final int SEGMENTS = 128;
    /** Getting, copying and checking some three gigabytes. */
    private static final Duration JOIN = Duration.ofSeconds(60);

    private static final int FASTER = Integer.getInteger("hosts.faster", 100);
    private static final String HOSTS = System.getProperty("hosts", "1,2,4,8,16,32");
    private static final long LIMIT_SECONDS = 600;
    private static final double NANOS = 1e9;

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private RabbitNode rabbit;
    private EmbeddedDatabase postgres;

    @Test
    void completeAFilmTogether() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        rabbit = RabbitNode.start();
        postgres = EmbeddedDatabase.start(directory.resolve("postgres"));
        try {
            System.out.printf("%5s %9s %10s%n", "hosts", "wall s", "efficiency");
            for (String some : HOSTS.split(",", -1)) {
                int hosts = Integer.parseInt(some);
                double seconds = encode(hosts);
                Duration work = WORK.dividedBy(FASTER);
                System.out.printf("%5d %9.2f %10.2f%n", hosts, seconds, work.toMillis() / 1e3 / hosts / seconds);
            }
        } finally {
            postgres.close();
            rabbit.close();
            vertx.close().await(60, TimeUnit.SECONDS);
        }
    }

    /** Gives how long it took, seconds. */
    private double encode(int hosts) throws Exception {
        String name = "hosts_" + hosts;
        new TestDatabase(postgres, "sluice").execute("CREATE DATABASE " + name);
        TestDatabase database = new TestDatabase(postgres, name);
        List<StubWorker> workers = new ArrayList<>();
        // The first host makes the schema.
        for (int n = 0; n < hosts; n++) {
            workers.add(host(n, database));
        }
        try (BackendProbe other = new BackendProbe(rabbit, database)) {
            Future.all(workers.stream().map(StubWorker::up).toList()).await(60, TimeUnit.SECONDS);
            long begun = System.nanoTime();
            other.produce("film", 1);
            List<Long> completed = other.awaitCompleted(1, LIMIT_SECONDS);
            assertThat(completed).hasSize(1);
            assertThat(database.value(
                            "SELECT count(*) FROM sluice.stage_run WHERE state = 'done' AND attempt % 10000 = 1"))
                    .isEqualTo(String.valueOf(SEGMENTS + 4));
            return (completed.get(0) - begun) / NANOS;
        } finally {
            Future.join(workers.stream().map(StubWorker::down).toList()).await(60, TimeUnit.SECONDS);
            Future.join(workers.stream().map(StubWorker::close).toList()).await(60, TimeUnit.SECONDS);
        }
    }

    private StubWorker host(int number, TestDatabase database) throws Exception {
        SluiceConfig config = SluiceConfig.read(config(number, database), Map.of());
        Files.createDirectories(config.workspace().directory());
        return Workspace.open(vertx, config.workspace())
                .compose(workspace -> StubWorker.open(
                        vertx,
                        config,
                        "host-" + database.config().uri().hashCode() + "-" + number,
                        workspace,
                        stage -> new SleepingStage(
                                stage,
                                vertx,
                                config.media(),
                                SEGMENTS,
                                WORK.dividedBy(SEGMENTS).dividedBy(FASTER),
                                JOIN.dividedBy(FASTER))))
                .await(60, TimeUnit.SECONDS);
    }

    private JsonObject config(int number, TestDatabase database) {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject one = new JsonObject().put("concurrency", 1);
        JsonObject stages = new JsonObject().put("segment", one);
        if (number > 0) {
            stages.put("download", none)
                    .put("processing", none)
                    .put("join", none)
                    .put("upload", none);
        }
        return new JsonObject()
                .put(
                        "rabbitmq",
                        new JsonObject()
                                .put("uri", "amqp://127.0.0.1:" + rabbit.port())
                                .put("user", rabbit.user())
                                .put("password", rabbit.password().reveal()))
                .put(
                        "postgres",
                        new JsonObject()
                                .put("uri", database.config().uri())
                                .put("user", database.config().user())
                                .put("password", database.config().password().reveal())
                                .put("poolSize", 2))
                .put("s3", new JsonObject().put("bucket", "media"))
                .put(
                        "workspace",
                        new JsonObject()
                                .put(
                                        "directory",
                                        directory.resolve("work-" + number).toString()))
                .put("stages", stages);
    }
}
