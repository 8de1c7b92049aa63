package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import dev.sluice.ClassArchive;
import dev.sluice.SharedServices;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.broker.TestBroker;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.http.TestTokens;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.TestBucket;
import dev.sluice.persistence.StoredEncodeSpeed;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A complete pipeline with its own database and bucket, on a shared broker without queues, with a simulated backend and a proxy
 * that can interrupt the object store. The test starts the pipeline.
 */
public final class PipelineFixture implements AutoCloseable {
    private static final Path FFMPEG_CACHE = Path.of("target", "ffmpeg-cache");

    private final Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final TestBroker broker;
    private final TestDatabase database = SharedServices.newDatabase();
    private final TestBucket bucket = SharedServices.newBucket();
    private final InterruptibleProxy storeProxy;
    private final BackendSimulator backend;
    private Sluice sluice;

    private PipelineFixture(Path directory, TestBroker broker) throws Exception {
        this.directory = directory;
        this.broker = broker;
        this.storeProxy = InterruptibleProxy.to(vertx, bucket.store().endpoint());
        this.backend = new BackendSimulator(broker);
    }

    /** Uses this broker, which the fixture does not close. */
    public static PipelineFixture on(TestBroker broker) throws Exception {
        return new PipelineFixture(Files.createTempDirectory("sluice-pipeline"), broker);
    }

    /** Stores a speed of this host, which the next process knows when it starts. */
    void storeEncodeSpeed(double speed) {
        StoredEncodeSpeed.store(vertx, database.config(), speed);
    }

    /** Starts the pipeline with its HTTP API, with authentication and without request limit; returns the port. */
    int startWithBackend(JsonObject settings) throws IOException, TimeoutException {
        int port = ChildProcess.freePort();
        JsonObject backend = new JsonObject()
                .put("enabled", true)
                .put("port", port)
                .put("jwtSecret", TestTokens.SECRET)
                .put("requestsPerSecond", 1_000_000);
        start(new JsonObject().put("backend", backend).mergeIn(settings, true));
        return port;
    }

    /** Starts the pipeline; {@code settings} override the defaults of tests: fast presets, short intervals. */
    PipelineFixture start(JsonObject settings) throws TimeoutException {
        sluice = get(Sluice.start(vertx, config(settings)));
        return this;
    }

    /** Starts the production jar in its own JVM with these options and the same services; waits until it is started. */
    public ChildProcess process(JsonObject settings, String... jvm) throws IOException {
        return process(settings, List.of(), jvm);
    }

    /** As above, with these options of {@code run}. */
    ChildProcess process(JsonObject settings, List<String> options, String... jvm) throws IOException {
        ChildProcess process = launch(List.of(), settings, options, jvm);
        process.awaitReady(() -> Files.readString(process.output()).contains("pipeline started"));
        return process;
    }

    /** As above, as an argument of another command; does not wait until it is started. */
    ChildProcess launch(List<String> prefix, JsonObject settings, List<String> options, String... jvm)
            throws IOException {
        Path home = Files.createTempDirectory(directory, "process");
        JsonObject own = new JsonObject()
                .put(
                        "workspace",
                        new JsonObject().put("directory", home.resolve("work").toString()));
        Path config = Files.writeString(
                home.resolve("sluice.json"),
                settings(settings.copy().mergeIn(own, true)).encodePrettily());
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ClassArchive.jvmOptions());
        command.addAll(List.of(jvm));
        command.addAll(List.of(
                "-jar", Path.of("target", "sluice.jar").toAbsolutePath().toString(), "-conf", config.toString()));
        command.addAll(options);
        return ChildProcess.start(command, Map.of(), home.resolve("log"));
    }

    public SluiceConfig config(JsonObject settings) {
        return SluiceConfig.read(settings(settings), Map.of());
    }

    /** The complete configuration with these settings. */
    public JsonObject settings(JsonObject settings) {
        return services().mergeIn(settings, true);
    }

    private JsonObject services() {
        return new JsonObject()
                .put("monitoring", new JsonObject().put("enabled", false))
                .put("rabbitmq", broker.settings())
                .put("postgres", database.settings())
                .put(
                        "s3",
                        bucket.settings().put("endpoint", storeProxy.address().toString()))
                .put("workspace", new JsonObject().put("directory", workspace().toString()))
                .put("ffmpeg", new JsonObject().put("cacheDirectory", FFMPEG_CACHE.toString()))
                .put("media", previews(false).put("preset", "ultrafast").put("adaptiveEffort", true))
                .put(
                        "delivery",
                        new JsonObject()
                                .put("leaseSeconds", 4)
                                .put("leaseRenewSeconds", 1)
                                .put("backoffSeconds", new JsonArray().add(0.2)))
                .put(
                        "updates",
                        new JsonObject()
                                .put("outboxPollSeconds", 0.2)
                                .put("progressIntervalSeconds", 0.2)
                                .put("finalDistanceSeconds", 0));
    }

    /** Whether poster and storyboard are made, which takes two more FFmpeg processes for each job. */
    static JsonObject previews(boolean made) {
        return new JsonObject().put("poster", made).put("storyboard", made);
    }

    public TestBroker broker() {
        return broker;
    }

    public Vertx vertx() {
        return vertx;
    }

    Sluice sluice() {
        return sluice;
    }

    BackendSimulator backend() {
        return backend;
    }

    /** Leaves all updates to the pipeline under test. */
    public void ignoreUpdates() throws IOException, TimeoutException {
        backend.stopListening();
    }

    public TestDatabase database() {
        return database;
    }

    public TestBucket bucket() {
        return bucket;
    }

    /** The proxy between the pipeline and the object store. */
    InterruptibleProxy storeProxy() {
        return storeProxy;
    }

    Path workspace() {
        return directory.resolve("work");
    }

    /** A clip with audio, which all fixtures share: tests only read it. */
    public Path clip(int seconds) {
        return SharedServices.clip(seconds);
    }

    /** The clip with a default German subtitle stream and a chapter. */
    Path clipWithText(int seconds) throws IOException {
        return withText(clip(seconds));
    }

    /** A clip with a default German subtitle stream and a chapter in addition. */
    Path withText(Path clip) throws IOException {
        Path subtitles =
                Files.writeString(directory.resolve("clip.srt"), "1\n00:00:00,250 --> 00:00:00,750\n<b>Hallo</b>\n");
        Path chapters = Files.writeString(
                directory.resolve("chapters.txt"),
                ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Anfang\n");
        Path target = directory.resolve("text-" + clip.getFileName());
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        List.of(clip, subtitles, chapters).forEach(file -> command.addAll(List.of("-i", file.toString())));
        command.addAll(List.of("-map", "0", "-map", "1", "-map_chapters", "2", "-c", "copy", "-c:s", "mov_text"));
        command.addAll(List.of("-metadata:s:s:0", "language=ger", "-disposition:s:0", "default", target.toString()));
        FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory);
        return target;
    }

    public void upload(String key, Path file) throws IOException {
        bucket.upload(key, file);
    }

    /** Makes uploads of keys in this directory fail until the returned file is deleted. */
    Path block(String directory) throws IOException {
        Path object = bucket.file(directory);
        Files.createDirectories(object.getParent());
        return Files.writeString(object, "not a directory");
    }

    /** Downloads an object through the proxy. */
    Path download(String key, Path target) throws TimeoutException {
        get(sluice.objectStore()
                .download(
                        new ObjectKey(key), target, Long.MAX_VALUE, ProgressListener.noop(), new CancellationToken()));
        return target;
    }

    /** A job with the fields of the contract only. */
    static JsonObject job(String id, String key) {
        return new JsonObject()
                .put("id", id)
                .put("mediaId", "media-" + id)
                .put("userId", "user-1")
                .put("mediaType", "VIDEO")
                .put("s3Key", key)
                .put("originalFilename", "clip.mp4")
                .put("mimeType", "video/mp4")
                .put("fileSize", 0)
                .put("createdAt", Instant.EPOCH.toString())
                .put("stage", "DOWNLOADING");
    }

    /** Waits until no message is unsent and no run is in progress. */
    void awaitIdle() {
        BackendSimulator.awaitThat(
                () -> database.value("SELECT count(*) FROM sluice.outbox").equals("0")
                        && backend.messages(BackendSimulator.DOWNLOAD) == 0
                        && database.value("SELECT count(*) FROM sluice.stage_run WHERE state = 'running'")
                                .equals("0"));
    }

    /** A section {@code ffmpeg} with a wrapper that runs this shell command before FFmpeg. */
    JsonObject ffmpegAfter(Path directory, String line) throws IOException {
        FfmpegInstallation real = FfmpegFixture.ffmpeg();
        Path script = Files.writeString(
                directory.resolve("ffmpeg"), "#!/bin/sh\n" + line + "\nexec '" + real.ffmpeg() + "' \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new JsonObject()
                .put("ffmpeg", script.toString())
                .put("ffprobe", real.ffprobe().toString())
                .put("sandbox", "off");
    }

    /**
     * A section {@code ffmpeg} with which the verification of outputs waits until the stage has staged an object, and then creates
     * the file {@code staged} in the directory.
     */
    JsonObject ffmpegThatVerifiesWhenStaged(Path directory, String stage) throws IOException {
        return ffmpegAfter(
                directory,
                ("case \"$*\" in *psnr=stats_file*) for i in $(seq 300); do"
                                + " ls '%s'/*/%s-0-*/0 > /dev/null 2>&1 && touch '%s' && break; sleep 0.1; done;; esac")
                        .formatted(bucket.file("sluice-staging"), stage, directory.resolve("staged")));
    }

    /** Whether the workspace contains no files of jobs. */
    boolean workspaceIsEmpty() throws IOException {
        return isEmpty(workspace());
    }

    /** Whether this workspace contains no files of jobs. */
    static boolean isEmpty(Path workspace) throws IOException {
        try (Stream<Path> files = Files.list(workspace.resolve("jobs"))) {
            return files.findAny().isEmpty();
        }
    }

    /** Asserts that the job was completed once, each stage at its first attempt. */
    void assertCompletedOnce(String job) {
        assertThat(backend.completions(job)).isEqualTo(1);
        assertThat(database.query("SELECT stage, state, attempt FROM sluice.stage_run WHERE job_id = '" + job
                        + "' AND state = 'done' AND attempt = 1"))
                .hasSize(3);
    }

    /** Whether each stage queue has a consumer. */
    public boolean isConsuming() throws Exception {
        try (Connection own = broker.connect()) {
            for (String queue :
                    List.of(BackendSimulator.DOWNLOAD, BackendSimulator.PROCESSING, BackendSimulator.UPLOAD)) {
                if (own.createChannel().consumerCount(queue) != 1) {
                    return false;
                }
            }
            return true;
        } catch (IOException notDeclared) {
            return false;
        }
    }

    public static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException, TimeoutException {
        if (sluice != null) {
            get(sluice.stop());
        }
        backend.close();
        get(vertx.close());
        bucket.close();
        DirectoryTree.deleteRecursively(directory);
    }
}
