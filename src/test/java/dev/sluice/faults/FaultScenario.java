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

/** Everything that a run takes place in: services, workers, who feeds them and who listens. */
final class FaultScenario implements AutoCloseable {
    static final String WORKSPACE = "workspace";

    private static final Path RUNS = Path.of("target", "faults").toAbsolutePath();

    /** For whoever removes what crashed attempts left. */
    private static final Duration TIDY_WITHIN = Duration.ofSeconds(30);

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
    private final List<SubmittedJob> fed = new ArrayList<>();

    private FaultScenario(String run, FaultRunConfig config) throws IOException, TimeoutException {
        directory = directory(run);
        SmallDisk.unmount(directory.resolve(WORKSPACE));
        DirectoryTree.deleteRecursively(directory);
        Files.createDirectories(directory);
        opened.add(this::discardWhatIsBulky);
        opened.add(() -> vertx.close().await(10, TimeUnit.SECONDS));
        try {
            disk = opened.add(SmallDisk.over(directory.resolve(WORKSPACE), config.diskMiB()));
            FaultRunClips clips = new FaultRunClips();
            services = opened.add(FaultServices.start(
                    vertx, directory, config.rabbitSettings().toArray(String[]::new)));
            services.bucket().upload(SubmittedJob.CLIP_KEY, clips.clip(directory));
            services.bucket().upload(SubmittedJob.FILM_KEY, clips.film(directory));
            services.bucket().upload(SubmittedJob.TEXT_KEY, clips.text(directory));
            for (int n = 1; n <= config.workers(); n++) {
                String name = "worker-" + n;
                JsonObject settings = patience()
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
     * Sets the scene; the workers are not started yet.
     *
     * @param run names the directory under target/faults, which is made anew
     */
    static FaultScenario set(String run, FaultRunConfig config) throws IOException, TimeoutException {
        return new FaultScenario(run, config);
    }

    /** Short waits between attempts and rounds of the janitor, and more attempts than the faults of a run use up; leases as in production. */
    private static JsonObject patience() {
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

    UpdateRecorder tap() {
        return recorder;
    }

    JobProducer feeder() {
        return producer;
    }

    FailoverTimer redispatch() {
        return failover;
    }

    /** Submits a job, and has the checker ask for it. */
    void submit(SubmittedJob job) throws InterruptedException {
        synchronized (fed) {
            fed.add(job);
        }
        producer.submit(job);
    }

    List<SubmittedJob> fed() {
        synchronized (fed) {
            return List.copyOf(fed);
        }
    }

    void startWorkers() {
        workers.forEach(WorkerProcess::start);
        workers.forEach(WorkerProcess::awaitUp);
    }

    /** Waits until every job has ended, nothing is under way, and the files are gone; gives whether it came to that. */
    boolean drain(Duration limit) {
        return comesTo(limit, () -> recorder.awaitEnded(fed().size(), Duration.ZERO) && reader.isStill())
                && comesTo(TIDY_WITHIN, reader::isTidy);
    }

    private static boolean comesTo(Duration limit, Callable<Boolean> state) {
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

    /** Stops the workers in order; gives those that had to be killed. */
    List<String> stopWorkers() throws InterruptedException {
        List<String> stubborn = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            if (worker.isAlive() && !worker.terminate()) {
                stubborn.add(worker.toString());
            }
        }
        return stubborn;
    }

    Snapshot snapshot() throws IOException, TimeoutException {
        return reader.read(fed(), recorder.seen());
    }

    @Override
    public void close() throws IOException {
        opened.close();
    }

    /** What is of use afterwards is the logs; data and videos of a thousand jobs are not. */
    private void discardWhatIsBulky() throws IOException {
        for (String bulky : List.of("postgres", "s3", WORKSPACE)) {
            DirectoryTree.deleteRecursively(directory.resolve(bulky));
        }
    }
}
