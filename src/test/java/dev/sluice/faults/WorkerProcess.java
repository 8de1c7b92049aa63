package dev.sluice.faults;

import dev.sluice.broker.ChildProcess;
import dev.sluice.endtoend.InterruptibleProxy;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One worker: the production jar in a JVM of its own, started again and again over one configuration and one log, with a way
 * of its own to each service. Of one worker only one thread at a time changes anything.
 */
final class WorkerProcess implements AutoCloseable {
    static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
    private static final Path TEST_CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    private final String name;
    private final Path config;
    private final Path log;
    private final List<Path> classesFirst;
    private final Map<Way, InterruptibleProxy> gateways;
    private final AtomicBoolean lent = new AtomicBoolean();
    private volatile Optional<ChildProcess> process = Optional.empty();

    /** What a worker has a connection to. */
    enum Way {
        RABBITMQ,
        POSTGRES,
        S3
    }

    /**
     * Prepares a worker that is not started yet.
     *
     * @param settings laid over what every worker of the bench has
     * @param classesFirst classes that go before those of the jar
     */
    WorkerProcess(
            String name, Path run, Vertx vertx, FaultServices services, JsonObject settings, List<Path> classesFirst)
            throws IOException, TimeoutException {
        this.name = name;
        this.log = run.resolve(name + ".log");
        this.config = run.resolve(name + ".json");
        this.classesFirst = classesFirst;
        this.gateways = Map.of(
                Way.RABBITMQ, InterruptibleProxy.to(vertx, services.rabbitAddress(), ChildProcess.freePort()),
                Way.POSTGRES, InterruptibleProxy.to(vertx, services.postgresAddress(), ChildProcess.freePort()),
                Way.S3, InterruptibleProxy.to(vertx, services.storeAddress(), ChildProcess.freePort()));
        Files.writeString(
                config, configuration(services).mergeIn(settings, true).encodePrettily());
    }

    private JsonObject configuration(FaultServices services) {
        return new JsonObject()
                .put(
                        "rabbitmq",
                        services.rabbit()
                                .settings()
                                .put("uri", gateway(Way.RABBITMQ).address().toString()))
                .put(
                        "postgres",
                        services.postgres()
                                .database()
                                .settings()
                                .put("uri", gateway(Way.POSTGRES).address() + "/sluice"))
                .put(
                        "s3",
                        services.bucket()
                                .settings()
                                .put("endpoint", gateway(Way.S3).address().toString()))
                .put("ffmpeg", new JsonObject().put("cacheDirectory", FaultRunClips.FFMPEG_CACHE.toString()))
                .put("media", new JsonObject().put("preset", "ultrafast"));
    }

    InterruptibleProxy gateway(Way to) {
        return Optional.ofNullable(gateways.get(to)).orElseThrow();
    }

    /** Takes the worker for a fault of its own; gives whether it was free. */
    boolean lend() {
        return lent.compareAndSet(false, true);
    }

    void giveBack() {
        lent.set(false);
    }

    boolean isLent() {
        return lent.get();
    }

    /** Starts it as production starts it; does not wait. */
    void start() {
        start("dev.sluice.Main", List.of(JAR), List.of());
    }

    /** Starts the test build of it, which obeys {@code orders} such as {@code --crash worked@2}. */
    void startWith(String... orders) {
        start(FaultWorker.class.getName(), List.of(JAR, TEST_CLASSES), List.of(orders));
    }

    private void start(String main, List<Path> classes, List<String> orders) {
        String classPath = Stream.concat(classesFirst.stream(), classes.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:gc:file=" + collections(),
                // That of the tests would come first and say less.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                classPath,
                main,
                "-conf",
                config.toString()));
        command.addAll(orders);
        process = Optional.of(ChildProcess.start(command, Map.of("SLUICE_LOG_LEVEL", "DEBUG"), log));
    }

    /** Waits until it says that it is up. */
    void awaitUp() {
        running().awaitReady(() -> Files.readString(log).contains("pipeline started"));
    }

    boolean isAlive() {
        return process.filter(running -> running.handle().isAlive()).isPresent();
    }

    long pid() {
        return running().handle().pid();
    }

    /** The FFmpeg processes that it runs now. */
    List<ProcessHandle> ffmpegs() {
        return running().handle().descendants().filter(WorkerProcess::isFfmpeg).toList();
    }

    private static boolean isFfmpeg(ProcessHandle child) {
        return child.info()
                .command()
                .filter(command -> command.endsWith("/ffmpeg"))
                .isPresent();
    }

    /** SIGKILL. */
    void kill() {
        running().kill();
    }

    /** SIGTERM; gives whether it ended in time by itself. */
    boolean terminate() throws InterruptedException {
        running().handle().destroy();
        boolean ended = running().awaitExit(STOP_WITHIN);
        running().kill();
        return ended;
    }

    boolean awaitExit(Duration limit) throws InterruptedException {
        return running().awaitExit(limit);
    }

    /** {@code STOP} or {@code CONT}. */
    void signal(String signal) {
        running().signal(signal);
    }

    Path config() {
        return config;
    }

    /** What the JVM says of its garbage collections. */
    Path collections() {
        return log.resolveSibling(name + ".gc.log");
    }

    Path log() {
        return log;
    }

    private ChildProcess running() {
        return process.orElseThrow(() -> new IllegalStateException(name + " was never started"));
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        if (isAlive()) {
            signal("CONT");
            kill();
        }
    }
}
