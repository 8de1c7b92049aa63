package dev.sluice.faults;

import dev.sluice.common.io.DirectoryTree;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Environment of a run: services, workers, the producer of jobs and the recorder of updates. */
final class FaultScenario implements AutoCloseable {
    static final String WORKSPACE = "workspace";

    private static final Path RUNS = Path.of("target", "faults").toAbsolutePath();

    /** For the cleanup of orphaned artifacts. */
    private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final ResourceStack opened = new ResourceStack();
    private final Vertx vertx = Vertx.vertx();
    private final FaultServices services;
    private final SmallDisk disk;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final UpdateRecorder recorder;
    private final JobProducer producer;
    private final FailoverTimer failover;
    private final SnapshotReader reader;
    private final List<SubmittedJob> submitted = new ArrayList<>();

    private FaultScenario(String run, FaultRunConfig config) throws IOException, TimeoutException {
        directory = directory(run);
        SmallDisk.unmount(directory.resolve(WORKSPACE));
        DirectoryTree.deleteRecursively(directory);
        Files.createDirectories(directory);
        opened.add(this::deleteData);
        opened.add(() -> vertx.close().await(10, TimeUnit.SECONDS));
        try {
            disk = opened.add(SmallDisk.over(directory.resolve(WORKSPACE), config.diskMiB()));
            FaultRunClips clips = new FaultRunClips();
            services = opened.add(FaultServices.start(
                    vertx, directory, config.rabbitSettings().toArray(String[]::new)));
            services.bucket().upload(SubmittedJob.CLIP_KEY, clips.clip(directory));
            services.bucket().upload(SubmittedJob.LONG_VIDEO_KEY, clips.longVideo(directory));
            services.bucket().upload(SubmittedJob.TEXT_KEY, clips.text(directory));
            for (int n = 1; n <= config.workers(); n++) {
                String name = "worker-" + n;
                JsonObject settings = baseSettings()
                        .mergeIn(
                                new JsonObject().put("workspace", config.workspace(directory.resolve(WORKSPACE), name)),
                                true)
                        .mergeIn(config.settings(), true);
                workers.add(opened.add(
                        new WorkerProcess(name, directory, vertx, services, settings, config.classesFirst())));
            }
            recorder = opened.add(new UpdateRecorder(services, config.updatesQueue()));
            producer = opened.add(new JobProducer(services));
            failover = opened.add(new FailoverTimer(services));
            reader = new SnapshotReader(services, directory.resolve(WORKSPACE), clips, config.workersQueues());
        } catch (IOException | TimeoutException | RuntimeException failure) {
            opened.closeAfter(failure);
            throw failure;
        }
    }

    /**
     * Starts the services and prepares the workers, without starting them.
     *
     * @param run names the directory under target/faults, which is created again
     */
    static FaultScenario open(String run, FaultRunConfig config) throws IOException, TimeoutException {
        return new FaultScenario(run, config);
    }

    /**
     * Short intervals between attempts and cleanup passes, and more attempts than the faults of a run use up; leases as in
     * production.
     */
    private static JsonObject baseSettings() {
        return new JsonObject()
                .put(
                        "workspace",
                        new JsonObject().put("cleanupIntervalSeconds", 2).put("minFreeMiB", 16))
                .put(
                        "delivery",
                        new JsonObject()
                                .put("maxAttempts", 20)
                                .put(
                                        "backoffSeconds",
                                        new JsonArray().add(1).add(2).add(4)));
    }

    static Path directory(String run) {
        return RUNS.resolve(run);
    }

    Path directory() {
        return directory;
    }

    Vertx vertx() {
        return vertx;
    }

    SmallDisk disk() {
        return disk;
    }

    FaultServices services() {
        return services;
    }

    List<WorkerProcess> workers() {
        return workers;
    }

    WorkerProcess worker(int number) {
        return workers.get(number);
    }

    UpdateRecorder recorder() {
        return recorder;
    }

    JobProducer producer() {
        return producer;
    }

    FailoverTimer failover() {
        return failover;
    }

    /** Submits a job that the checker expects to find. */
    void submit(SubmittedJob job) throws InterruptedException {
        synchronized (submitted) {
            submitted.add(job);
        }
        producer.submit(job);
    }

    List<SubmittedJob> submitted() {
        synchronized (submitted) {
            return List.copyOf(submitted);
        }
    }

    void startWorkers() {
        workers.forEach(WorkerProcess::start);
        workers.forEach(WorkerProcess::awaitStarted);
    }

    /** Waits until every job has ended, nothing is in progress and the workspace is empty; returns false on timeout. */
    boolean drain(Duration limit) {
        return awaitState(limit, () -> recorder.awaitEnded(submitted().size(), Duration.ZERO) && reader.isIdle())
                && awaitState(CLEANUP_LIMIT, reader::isCleanedUp);
    }

    private static boolean awaitState(Duration limit, Callable<Boolean> state) {
        try {
            Awaitility.await()
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(500))
                    .until(state);
            return true;
        } catch (ConditionTimeoutException late) {
            return false;
        }
    }

    /** Stops the workers gracefully; returns those that had to be killed. */
    List<String> stopWorkers() throws InterruptedException {
        List<String> killed = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            if (worker.isAlive() && !worker.terminate()) {
                killed.add(worker.toString());
            }
        }
        return killed;
    }

    Snapshot snapshot() throws IOException, TimeoutException {
        return reader.read(submitted(), recorder.updates());
    }

    @Override
    public void close() throws IOException {
        opened.close();
    }

    /** Keeps only the logs: the data and videos of a thousand jobs are large. */
    private void deleteData() throws IOException {
        for (String data : List.of("postgres", "s3", WORKSPACE)) {
            DirectoryTree.deleteRecursively(directory.resolve(data));
        }
    }
}
