package dev.sluice.faults;

import dev.sluice.ClassArchive;
import dev.sluice.broker.ChildProcess;
import dev.sluice.endtoend.InterruptibleProxy;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One worker: the production jar in its own JVM, restarted with the same configuration and log, with its own proxy to each
 * service. Not thread-safe.
 */
final class WorkerProcess implements AutoCloseable {
    static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
    private static final String EARLIER_JAR = System.getProperty("faults.earlierJar", "");
    private static final Path TEST_CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    private final String name;
    private final Path config;
    private final Path log;
    private final List<Path> classesFirst;
    private final Map<Service, InterruptibleProxy> proxies = new EnumMap<>(Service.class);
    private final AtomicBoolean reserved = new AtomicBoolean();
    private volatile Optional<ChildProcess> process = Optional.empty();

    /** A service that a worker is connected to. */
    enum Service {
        RABBITMQ,
        POSTGRES,
        S3,
        /** Connections of other members of the cluster to this worker; only if the settings have a cluster. */
        CLUSTER
    }

    /**
     * Prepares a worker that is not started yet.
     *
     * @param settings merged into the configuration that all workers have
     * @param classesFirst class directories before the jar on the class path
     */
    WorkerProcess(
            String name, Path run, Vertx vertx, FaultServices services, JsonObject settings, List<Path> classesFirst)
            throws IOException, TimeoutException {
        this.name = name;
        this.log = run.resolve(name + ".log");
        this.config = run.resolve(name + ".json");
        this.classesFirst = classesFirst;
        Map<Service, URI> addresses = new EnumMap<>(Map.of(
                Service.RABBITMQ, services.rabbitAddress(),
                Service.POSTGRES, services.postgresAddress(),
                Service.S3, services.storeAddress()));
        if (settings.containsKey("cluster")) {
            addresses.put(Service.CLUSTER, URI.create("tcp://127.0.0.1:" + ChildProcess.freePort()));
        }
        for (Map.Entry<Service, URI> address : addresses.entrySet()) {
            proxies.put(address.getKey(), InterruptibleProxy.to(vertx, address.getValue(), ChildProcess.freePort()));
        }
        JsonObject all = configuration(services).mergeIn(settings, true);
        if (settings.containsKey("cluster")) {
            all.getJsonObject("cluster")
                    .put("port", addresses.get(Service.CLUSTER).getPort())
                    .put("publicPort", proxy(Service.CLUSTER).address().getPort());
        }
        Files.writeString(config, all.encodePrettily());
    }

    private JsonObject configuration(FaultServices services) {
        return new JsonObject()
                .put(
                        "rabbitmq",
                        services.rabbit()
                                .settings()
                                .put("uri", proxy(Service.RABBITMQ).address().toString()))
                .put(
                        "postgres",
                        services.postgres()
                                .database()
                                .settings()
                                .put("uri", proxy(Service.POSTGRES).address() + "/sluice"))
                .put(
                        "s3",
                        services.bucket()
                                .settings()
                                .put("endpoint", proxy(Service.S3).address().toString()))
                .put("ffmpeg", new JsonObject().put("cacheDirectory", FaultRunClips.FFMPEG_CACHE.toString()))
                .put("media", new JsonObject().put("preset", "ultrafast"));
    }

    InterruptibleProxy proxy(Service service) {
        return Optional.ofNullable(proxies.get(service)).orElseThrow();
    }

    /** All services that this worker is connected to, and the other members of its cluster. */
    Collection<InterruptibleProxy> proxies() {
        return proxies.values();
    }

    /** Reserves the worker for a fault; returns whether it was free. */
    boolean tryReserve() {
        return reserved.compareAndSet(false, true);
    }

    void release() {
        reserved.set(false);
    }

    boolean isReserved() {
        return reserved.get();
    }

    /** Starts it as in production, without waiting. */
    void start() {
        start("dev.sluice.Main", List.of(jar()), List.of());
    }

    /** Starts {@link FaultWorker} with options such as {@code --crash processed@2}. */
    void startWith(String... options) {
        start(FaultWorker.class.getName(), List.of(jar(), TEST_CLASSES), List.of(options));
    }

    /** The jar of an earlier version for the first worker with {@code -Dfaults.earlierJar=FILE}. */
    private Path jar() {
        return EARLIER_JAR.isEmpty() || !name.equals("worker-1") ? JAR : Path.of(EARLIER_JAR);
    }

    /** Beside an earlier version no streams are published, as docs/operations.md requires for upgrades. */
    private static Map<String, String> environment() {
        Map<String, String> variables = new HashMap<>(Map.of("SLUICE_LOG_LEVEL", "DEBUG"));
        if (!EARLIER_JAR.isEmpty()) {
            variables.putAll(Map.of(
                    "SLUICE_MEDIA_STREAMING", "none",
                    "SLUICE_MEDIA_POSTER", "false",
                    "SLUICE_MEDIA_STORYBOARD", "false"));
        }
        return variables;
    }

    private void start(String main, List<Path> classes, List<String> options) {
        String classPath = Stream.concat(classesFirst.stream(), classes.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ClassArchive.jvmOptions());
        command.addAll(List.of(
                "-Xmx160m",
                "-Xlog:gc:file=" + gcLog(),
                // The configuration of the tests precedes it on the class path and logs less.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                classPath,
                main,
                "-conf",
                config.toString()));
        command.addAll(options);
        process = Optional.of(ChildProcess.start(command, environment(), log));
    }

    /** Waits until it logs that the pipeline is started. */
    void awaitStarted() {
        running().awaitReady(() -> Files.readString(log).contains("pipeline started"));
    }

    boolean isAlive() {
        return process.filter(running -> running.handle().isAlive()).isPresent();
    }

    long pid() {
        return running().handle().pid();
    }

    /** Running FFmpeg processes of this worker. */
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

    /** SIGTERM; returns whether the process ended within the limit, and kills it otherwise. */
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

    /** The garbage collection log of the JVM. */
    Path gcLog() {
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
