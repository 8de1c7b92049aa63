package dev.sluice.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.broker.ChildProcess;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The production jar in its own JVM, with the JVM options of the image and the HTTP API. Attackers and other users have
 * different addresses.
 */
public final class AttackedProcess implements AutoCloseable {
    static final String UPLOADS = "/api/video-processing/uploads";
    /** A valid token. */
    static final String MALLORY = TestTokens.of("mallory");
    /** The default of {@code backend.maxConcurrentUploads}. */
    static final int UPLOAD_PLACES = 4;

    private static final String ATTACKER = "127.0.0.66";
    /** In which another user must be served. */
    private static final Duration SERVICE_LIMIT = Duration.ofSeconds(10);

    /** Addresses used of a network of 256. */
    private static final int HOSTS = 250;

    private static final Pattern ERROR = Pattern.compile("OutOfMemoryError| ERROR |\tat ");
    /** A warning of Vert.x with a stack trace: on a busy machine any thread may wait for the CPU. */
    private static final String BLOCKED_THREAD = " BlockedThreadChecker ";

    private final ChildProcess process;
    private final int port;
    private final List<String> rows = new ArrayList<>();
    private final List<RawConnection> kept = new ArrayList<>();
    private int checks;
    private String otherUser = "127.1.0.1";

    private AttackedProcess(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param backend keys of the section {@code backend} that differ from their default */
    static AttackedProcess start(PipelineFixture services, JsonObject backend) throws IOException {
        return start(services, backend, new JsonObject());
    }

    /**
     * @param other sections that differ from their default
     * @param jvm options after those of the image
     */
    static AttackedProcess start(PipelineFixture services, JsonObject backend, JsonObject other, String... jvm)
            throws IOException {
        int port = ChildProcess.freePort();
        JsonObject settings = new JsonObject()
                .put("enabled", true)
                .put("port", port)
                .put("jwtSecret", TestTokens.SECRET)
                .mergeIn(backend);
        return new AttackedProcess(services.process(other.put("backend", settings), imageOptions(jvm)), port);
    }

    /** The JVM options of the image; everything is logged. */
    private static String[] imageOptions(String... further) throws IOException {
        List<String> options = new ArrayList<>(Files.readAllLines(Path.of("deploy", "jvm.options")));
        options.removeIf(line -> !line.startsWith("-"));
        options.add("-DSLUICE_LOG_LEVEL=DEBUG");
        options.addAll(List.of(further));
        return options.toArray(String[]::new);
    }

    int port() {
        return port;
    }

    /** Its resources after a garbage collection. */
    ProcessResources resources() throws IOException, InterruptedException {
        return ProcessResources.of(process.handle());
    }

    /** The files of jobs in its workspace. */
    List<Path> filesOfJobs() throws IOException {
        Path jobs = process.output().resolveSibling("work").resolve("jobs");
        try (Stream<Path> files = Files.exists(jobs) ? Files.walk(jobs) : Stream.empty()) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Opens a connection from the address of the attacker. */
    RawConnection connect() throws IOException {
        return connect(ATTACKER);
    }

    /** Opens a connection from an address of the loopback network. */
    RawConnection connect(String source) throws IOException {
        return RawConnection.open(source, port);
    }

    /** Keeps connections open until {@link #closeKept}. */
    void keep(List<RawConnection> connections) {
        kept.addAll(connections);
    }

    void closeKept() throws IOException {
        for (RawConnection connection : kept) {
            connection.close();
        }
        kept.clear();
    }

    /** Sends bytes on a new connection and receives until it is closed. */
    Received send(String bytes) throws IOException {
        try (RawConnection connection = connect()) {
            return connection.send(bytes).receive(SERVICE_LIMIT);
        }
    }

    /** The log so far, with all levels. */
    String log() throws IOException {
        return Files.readString(process.output());
    }

    /** The head of a request with these further lines, without the empty line at its end. */
    static String head(String method, String path, String... lines) {
        return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + String.join(
                        "", List.of(lines).stream().map(line -> line + "\r\n").toList());
    }

    static String authorization(String token) {
        return "Authorization: Bearer " + token;
    }

    /** Runs an attack; then the process must live, serve another user, and have all places of uploads free. */
    void run(Attack attack) throws Exception {
        String answer = attack.action().run(this);
        rows.add("| " + attack.name() + " | " + attack.sent() + " | " + answer + " | ");
        checkAlive();
        // The place of an upload that was cut is free as soon as its data is stored or deleted.
        Awaitility.await().atMost(SERVICE_LIMIT).untilAsserted(this::checkServesOthers);
        rows.set(rows.size() - 1, rows.get(rows.size() - 1) + "alive, others served, uploads free |");
    }

    /** Creates an unfinished tus upload; returns its path. */
    String createUpload(String token) throws IOException {
        return createUpload(token, 2_000);
    }

    String createUpload(String token, int length) throws IOException {
        Received created = send(head(
                        "POST",
                        UPLOADS,
                        authorization(token),
                        "Connection: close",
                        "Tus-Resumable: 1.0.0",
                        "Upload-Length: " + length)
                + "\r\n");
        return header(created.text(), "location");
    }

    /** The number of connections that the process has with clients, as its kernel lists them. */
    long connections() throws IOException {
        String local = String.format(":%04X ", port);
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/tcp"))) {
            return lines.map(String::strip)
                    .map(line -> line.split("\\s+"))
                    .filter(line -> line.length > 3 && line[1].endsWith(local.strip()) && line[3].equals("01"))
                    .count();
        }
    }

    void checkAlive() throws IOException {
        assertThat(process.handle().isAlive()).as("alive; log: %s", log()).isTrue();
        assertThat(loggedErrors()).isEmpty();
    }

    /** The events in the log that are an error or have a stack trace. */
    List<String> loggedErrors() throws IOException {
        List<String> errors = new ArrayList<>();
        try (Stream<String> lines = Files.lines(process.output())) {
            StringBuilder event = new StringBuilder();
            Stream.concat(lines, Stream.of("2")).forEach(line -> {
                if (line.startsWith("2")) {
                    String text = event.toString();
                    if (ERROR.matcher(text).find() && !text.contains(BLOCKED_THREAD)) {
                        errors.add(text);
                    }
                    event.setLength(0);
                }
                event.append(line).append('\n');
            });
        }
        return errors;
    }

    /** Occupies all places with uploads of other users at the same time, and reads a job. */
    void checkServesOthers() throws IOException {
        // An address of its own for each check: the checks together exceed the rate limit of one.
        checks++;
        otherUser = "127.1." + checks / HOSTS + "." + (checks % HOSTS + 1);
        byte[] half = video(500);
        List<RawConnection> uploads = new ArrayList<>();
        List<String> locations = new ArrayList<>();
        try {
            for (int place = 0; place < UPLOAD_PLACES; place++) {
                // A user may not have all places.
                String token = TestTokens.of("bob-" + place);
                Received created = exchange(token, "POST", UPLOADS, "Upload-Length: 2000", "Content-Length: 0");
                assertThat(created.status())
                        .as("%s; log: %s", created.text(), log())
                        .isEqualTo(201);
                String location = header(created.text(), "location");
                locations.add(location);
                uploads.add(connect(otherUser)
                        .send(head(
                                        "PATCH",
                                        location,
                                        authorization(token),
                                        "Connection: close",
                                        "Tus-Resumable: 1.0.0",
                                        "Upload-Offset: 0",
                                        "Content-Type: application/offset+octet-stream",
                                        "Content-Length: 1000")
                                + "\r\n")
                        .send(half));
            }
            for (RawConnection upload : uploads) {
                Received appended = upload.send(half).receive(SERVICE_LIMIT);
                assertThat(appended.status())
                        .as("%s; log: %s", appended.text(), log())
                        .isEqualTo(204);
            }
        } finally {
            for (RawConnection upload : uploads) {
                upload.close();
            }
        }
        String admin = TestTokens.admin();
        for (String location : locations) {
            assertThat(exchange(admin, "DELETE", location).status()).isEqualTo(204);
        }
        assertThat(exchange(admin, "GET", "/api/video-processing/jobs/none").status())
                .isEqualTo(404);
    }

    /** One request of another user. */
    private Received exchange(String token, String method, String path, String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(authorization(token), "Tus-Resumable: 1.0.0", "Connection: close"));
        all.addAll(List.of(lines));
        try (RawConnection connection = connect(otherUser)) {
            return connection
                    .send(head(method, path, all.toArray(String[]::new)) + "\r\n")
                    .receive(SERVICE_LIMIT);
        }
    }

    static String header(String response, String name) {
        Matcher value = Pattern.compile("(?im)^" + name + ": (.*?)\r?$").matcher(response);
        assertThat(value.find()).as(response).isTrue();
        return value.group(1);
    }

    /** Bytes that begin like a video. */
    static byte[] video(int length) {
        byte[] bytes = new byte[length];
        byte[] signature = "\0\0\0\u0020ftypisom".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(signature, 0, bytes, 0, signature.length);
        return bytes;
    }

    /** The table of the attacks. */
    String table() {
        return "| Attack | Sent | Answer | After it |\n|---|---|---|---|\n" + String.join("\n", rows);
    }

    @Override
    public void close() {
        process.stop();
    }
}
