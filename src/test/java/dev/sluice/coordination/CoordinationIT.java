package dev.sluice.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.SharedServices;
import dev.sluice.broker.RabbitNode;
import dev.sluice.broker.TestBroker;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the coordination overhead: jobs whose stages only copy a file, on real services. Asserts that every job is completed
 * once and every update is sent once and in order; the results are printed.
 */
@Tag("long")
class CoordinationIT {
    private static final int JOBS = Integer.getInteger("coordination.jobs", 1_000);
    private static final int WARM_UP = Integer.getInteger("coordination.warmUp", 1_500);
    private static final int ROUNDS = Integer.getInteger("coordination.rounds", 1);
    private static final int CONCURRENCY = Integer.getInteger("coordination.concurrency", 16);
    private static final int POOL = Integer.getInteger("coordination.pool", 8);
    private static final List<String> JVM =
            List.of(System.getProperty("coordination.jvm", "-Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                    .split(" "));
    /** Classes of another version for comparison. */
    private static final Optional<Path> BASELINE =
            Optional.ofNullable(System.getProperty("coordination.baseline")).map(Path::of);

    private static final int WINDOWS = 10;
    private static final long LIMIT_SECONDS = 1_800;
    private static final double NANOS_TO_SECONDS = 1e-9;

    private static final String USERS_TABLE = """
            CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
            CREATE TABLE "VideoProcessingJob" (
                "id" TEXT NOT NULL PRIMARY KEY, "mediaId" TEXT NOT NULL, "userId" TEXT NOT NULL, "s3Key" TEXT NOT NULL,
                "originalFilename" TEXT NOT NULL, "status" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
                "progress" INTEGER NOT NULL DEFAULT 0, "currentStep" TEXT, "errorMessage" TEXT, "thumbnails" JSONB,
                "videoVersions" JSONB, "metadata" JSONB, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "completedAt" TIMESTAMP(3));
            """;

    @TempDir
    private Path directory;

    @Test
    void completesEveryJobOnceWithLargeBacklog() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        print(
                "%d jobs after %d, %d concurrently in each stage, %d database connections",
                JOBS, WARM_UP, CONCURRENCY, POOL);
        print(
                "%-9s %7s %7s %31s  %-70s  %s",
                "",
                "jobs",
                "jobs/s",
                "CPU ms/job: JVM, PG, RabbitMQ",
                "jobs/s of each tenth",
                "heap MiB before, after");
        for (int round = 0; round < ROUNDS; round++) {
            if (BASELINE.isPresent()) {
                round("before-" + round, BASELINE.get());
            }
            round("now-" + round, Path.of("target", "classes").toAbsolutePath());
        }
    }

    private void round(String name, Path classes) throws Exception {
        TestDatabase database = SharedServices.newDatabase();
        TestBroker broker = SharedServices.rabbitMq();
        database.execute(USERS_TABLE);
        JsonObject stage = new JsonObject().put("concurrency", CONCURRENCY);
        JsonObject stages =
                new JsonObject().put("download", stage).put("processing", stage).put("upload", stage);
        Path home = Files.createDirectories(directory.resolve(name));
        Path config = Files.writeString(
                home.resolve("sluice.json"),
                StubWorker.settings(broker, database, POOL, home.resolve("work"))
                        .put("stages", stages)
                        .encodePrettily());
        try (BackendProbe backend = new BackendProbe(broker, database);
                WorkerJvm worker = WorkerJvm.start(home, config, classes, JVM)) {
            backend.produce("warm", WARM_UP);
            worker.order("up");
            backend.awaitCompleted(WARM_UP, LIMIT_SECONDS);
            worker.order("down");
            backend.produce("job", JOBS);

            Duration[] cpuBefore = cpu(worker, database);
            long begun = System.nanoTime();
            worker.order("up");
            List<Long> completions = backend.awaitCompleted(WARM_UP + JOBS, LIMIT_SECONDS);
            Duration[] cpuAfter = cpu(worker, database);
            worker.order("down");

            List<Long> measured = completions.subList(WARM_UP, completions.size());
            report(name, begun, measured, cpuBefore, cpuAfter, worker);
            assertThat(measured).hasSize(JOBS);
            assertThat(backend.unexpectedUpdates()).isEmpty();
            assertThat(backend.queuedMessages()).isZero();
            assertThat(database.query("SELECT state, count(*) FROM sluice.job GROUP BY state")
                            .toString())
                    .isEqualTo("[{state=completed, count=" + (WARM_UP + JOBS) + "}]");
            assertThat(database.query("SELECT state, attempt, count(*) FROM sluice.stage_run GROUP BY state, attempt")
                            .toString())
                    .isEqualTo("[{state=done, attempt=1, count=" + 3 * (WARM_UP + JOBS) + "}]");
            assertThat(database.query("SELECT \"status\", count(*) FROM \"VideoProcessingJob\" GROUP BY \"status\"")
                            .toString())
                    .isEqualTo("[{status=COMPLETED, count=" + (WARM_UP + JOBS) + "}]");
            assertThat(database.value("SELECT count(*) FROM sluice.outbox")).isEqualTo("0");
        }
    }

    private static void report(
            String name, long begun, List<Long> completions, Duration[] before, Duration[] after, WorkerJvm worker) {
        int jobs = completions.size();
        double seconds = (completions.get(jobs - 1) - begun) * NANOS_TO_SECONDS;
        String cpu = IntStream.range(0, before.length)
                .mapToObj(n ->
                        "%.2f".formatted((double) after[n].minus(before[n]).toMillis() / jobs))
                .collect(Collectors.joining(", "));
        List<String> windows = new ArrayList<>();
        long from = begun;
        for (int n = 1; n <= WINDOWS; n++) {
            long upTo = completions.get(jobs * n / WINDOWS - 1);
            windows.add("%.0f".formatted(jobs / (double) WINDOWS / ((upTo - from) * NANOS_TO_SECONDS)));
            from = upTo;
        }
        List<int[]> collections = worker.collections();
        print(
                "%-9s %7d %7.0f %31s  %-70s  %d, %d",
                name,
                jobs,
                jobs / seconds,
                cpu,
                String.join(" ", windows),
                collections.stream().mapToInt(sizes -> sizes[0]).max().orElse(0),
                collections.stream().mapToInt(sizes -> sizes[1]).max().orElse(0));
    }

    /** CPU time of the worker, the database and the broker. */
    private static Duration[] cpu(WorkerJvm worker, TestDatabase database) throws IOException {
        long postmaster =
                Long.parseLong(Files.readAllLines(Path.of(database.value("SHOW data_directory"), "postmaster.pid"))
                        .get(0)
                        .strip());
        return new Duration[] {
            worker.cpu(),
            ProcessHandle.of(postmaster).stream()
                    .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                    .map(CoordinationIT::cpu)
                    .reduce(Duration.ZERO, Duration::plus),
            ProcessHandle.current()
                    .descendants()
                    .filter(child -> child.info().command().orElse("").endsWith("beam.smp"))
                    .map(CoordinationIT::cpu)
                    .reduce(Duration.ZERO, Duration::plus)
        };
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void print(String format, Object... values) {
        System.out.printf(format + "%n", values);
    }
}
