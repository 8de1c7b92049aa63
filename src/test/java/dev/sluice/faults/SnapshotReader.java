package dev.sluice.faults;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.endtoend.PlaylistFile;
import dev.sluice.faults.Snapshot.JobRow;
import dev.sluice.faults.Snapshot.StoredObject;
import dev.sluice.faults.Snapshot.UserRow;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the state after a run from the services. */
final class SnapshotReader {
    /** At most about this number of objects is decoded, evenly spread. */
    private static final int MAX_DECODED = 200;

    private static final String PLAYLIST = ".m3u8";

    private final FaultServices services;
    private final Path workspace;
    private final FaultRunClips clips;
    private final List<String> queues;

    /** @param queues must be empty when all jobs have ended */
    SnapshotReader(FaultServices services, Path workspace, FaultRunClips clips, List<String> queues) {
        this.queues = queues;
        this.services = services;
        this.workspace = workspace;
        this.clips = clips;
    }

    /** Whether nothing is in progress, as far as visible while the workers run. */
    boolean isIdle() {
        try (Connection connection = services.connect()) {
            return database()
                            .value("SELECT (SELECT count(*) FROM sluice.outbox)"
                                    + " + (SELECT count(*) FROM sluice.stage_run WHERE state = 'running')")
                            .equals("0")
                    && messagesLeft(connection.createChannel()).isEmpty();
        } catch (IOException | TimeoutException | IllegalStateException serviceUnavailable) {
            return false;
        }
    }

    /** Whether the workspace is empty, and no stream of an encode remains. */
    boolean isCleanedUp() {
        try {
            return filesLeft().isEmpty()
                    && database()
                            .value("SELECT count(*) FROM sluice.growing_stream")
                            .equals("0");
        } catch (IOException | UncheckedIOException | IllegalStateException changing) {
            return false;
        }
    }

    /** Must be called after the workers have ended. */
    Snapshot read(List<SubmittedJob> submitted, List<RecordedUpdate> updates) throws IOException, TimeoutException {
        try (Connection connection = services.connect()) {
            Channel channel = connection.createChannel();
            return new Snapshot(
                    submitted,
                    jobs(),
                    userRows(),
                    updates,
                    objects(),
                    messagesLeft(channel),
                    deadLetters(channel),
                    outboxLeft(),
                    filesLeft(),
                    processesLeft());
        }
    }

    private TestDatabase database() {
        return services.postgres().database();
    }

    private Map<String, JobRow> jobs() {
        return database()
                .query("SELECT id, state, coalesce(error_code, '') AS code, coalesce(error_message, '') AS error,"
                        + " extract(epoch FROM finished_at) AS finished FROM sluice.job")
                .stream()
                .collect(Collectors.toMap(
                        row -> text(row, "id"),
                        row -> new JobRow(
                                text(row, "state"),
                                text(row, "code"),
                                text(row, "error"),
                                Optional.ofNullable(row.get("finished")).map(SnapshotReader::instant))));
    }

    static Instant instant(String epochSeconds) {
        return Instant.ofEpochMilli(Math.round(Double.parseDouble(epochSeconds) * 1000));
    }

    private Map<String, UserRow> userRows() {
        return database()
                .query("SELECT \"id\", \"status\", \"progress\", coalesce(\"errorMessage\", '') AS error,"
                        + " coalesce(\"thumbnails\", '[]') AS thumbnails, coalesce(\"videoVersions\", '[]') AS versions"
                        + " FROM \"VideoProcessingJob\"")
                .stream()
                .collect(Collectors.toMap(
                        row -> text(row, "id"),
                        row -> new UserRow(
                                text(row, "status"),
                                Integer.parseInt(text(row, "progress")),
                                text(row, "error"),
                                Stream.of("thumbnails", "versions")
                                        .flatMap(column -> new JsonArray(text(row, column)).stream())
                                        .map(item -> ((JsonObject) item).getString("s3_key"))
                                        .toList())));
    }

    private static String text(Map<String, String> row, String column) {
        return Optional.ofNullable(row.get(column)).orElse("");
    }

    private Map<String, StoredObject> objects() throws IOException {
        try (Stream<Path> files = Files.walk(services.bucket().directory())) {
            List<Path> stored = files.filter(Files::isRegularFile)
                    .filter(file ->
                            !services.bucket().directory().relativize(file).startsWith("uploads"))
                    .sorted()
                    .toList();
            int step = 1 + stored.size() / MAX_DECODED;
            Map<String, StoredObject> objects = new TreeMap<>();
            for (int n = 0; n < stored.size(); n++) {
                Path file = stored.get(n);
                String key = services.bucket().directory().relativize(file).toString();
                boolean isPlaylist = key.endsWith(PLAYLIST);
                objects.put(
                        key,
                        new StoredObject(
                                Files.size(file),
                                Files.getLastModifiedTime(file).toInstant(),
                                isPlaylist
                                        ? PlaylistFile.read(file).error()
                                        : n % step == 0 ? clips.error(file) : Optional.empty(),
                                isPlaylist ? PlaylistReference.read(key, Files.readString(file)) : List.of()));
            }
            return objects;
        }
    }

    private Map<String, Long> messagesLeft(Channel channel) throws IOException {
        Map<String, Long> left = new TreeMap<>();
        for (String queue : queues) {
            long messages = channel.messageCount(queue);
            if (messages > 0) {
                left.put(queue, messages);
            }
        }
        return left;
    }

    private static List<String> deadLetters(Channel channel) throws IOException {
        List<String> jobs = new ArrayList<>();
        GetResponse message = channel.basicGet(ContractNames.DEAD, false);
        while (message != null) {
            jobs.add(new JsonObject(Buffer.buffer(message.getBody())).getString("id"));
            message = channel.basicGet(ContractNames.DEAD, false);
        }
        return jobs;
    }

    private List<String> outboxLeft() {
        return database().query("SELECT routing_key, publish_after, failures FROM sluice.outbox").stream()
                .map(Object::toString)
                .toList();
    }

    private List<String> filesLeft() throws IOException {
        List<String> left = new ArrayList<>();
        try (DirectoryStream<Path> disks = Files.newDirectoryStream(workspace, Files::isDirectory)) {
            for (Path disk : disks) {
                try (Stream<Path> files = Files.walk(disk.resolve("jobs"))) {
                    files.skip(1).map(Path::toString).forEach(left::add);
                }
            }
        }
        return left;
    }

    /** FFmpeg runs in the directory of its attempt; a sandbox has it on its command line. */
    private List<String> processesLeft() {
        return ProcessHandle.allProcesses()
                .filter(process -> !process.equals(ProcessHandle.current()))
                .filter(this::worksHere)
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse(""))
                .toList();
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            Path directory = Path.of("/proc", String.valueOf(process.pid()), "cwd");
            return directory.toRealPath().startsWith(workspace)
                    || process.info().commandLine().orElse("").contains(workspace.toString());
        } catch (IOException ended) {
            return false;
        }
    }
}
