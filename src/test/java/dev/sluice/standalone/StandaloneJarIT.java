package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.persistence.job.JobStatus;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the commands of the standalone jar. All tests share one data directory, as successive runs of a user do. */
@Timeout(300)
class StandaloneJarIT {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Pattern ROW = Pattern.compile("(?m)^\\S+ +(?:\\d+x\\d+|-) +([0-9,]+)  (/.+)$");

    @TempDir
    private static Path directory;

    @Test
    void demoPrintsStagesAndOutputs() throws Exception {
        Path settings = settings("ultrafast");

        try (JarProcess demo = JarProcess.run(JarProcess.STANDALONE, "demo", "--data", data(), "-conf", settings)) {
            assertThat(demo.exitCode()).as(demo.toString()).isZero();
            assertThat(demo.err()).isEmpty();
            assertThat(demo.out())
                    .containsSubsequence("download   done", "processing done", "upload     done", "output")
                    .doesNotContain("\u001b", "\r");
            List<MatchResult> rows = ROW.matcher(demo.out()).results().toList();
            assertThat(rows)
                    .as("three renditions, a playlist, a poster, a storyboard and a thumbnail")
                    .hasSize(7)
                    .allSatisfy(row -> assertThat(Path.of(row.group(2)))
                            .hasSize(Long.parseLong(row.group(1).replace(",", ""))));
        }
        assertThat(FileModes.accessibleByOthers(data())).isEmpty();
    }

    @Test
    void demoPrintsErrorOfFailedJob() throws Exception {
        Path text = Clips.text(directory);

        try (JarProcess demo = JarProcess.run(JarProcess.STANDALONE, "demo", text, "--data", data())) {
            assertThat(demo.exitCode()).as(demo.toString()).isEqualTo(1);
            assertThat(demo.err()).isEmpty();
            assertThat(demo.out()).contains("The job failed in download: The file is text, not a video. (not_a_video)");
        }
    }

    @Test
    void demoStartsNothingWhenFileIsMissing() throws Exception {
        Path untouched = directory.resolve("untouched");

        try (JarProcess demo = JarProcess.run(JarProcess.STANDALONE, "demo", "no-such-file", "--data", untouched)) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err()).isEqualTo("File not found: no-such-file" + System.lineSeparator());
            assertThat(untouched).doesNotExist();
        }
    }

    @Test
    void benchComparesAllVariants() throws Exception {
        Path clip = Clips.generate(directory, 2);
        Path settings = settings("ultrafast");

        try (JarProcess bench = JarProcess.run(
                JarProcess.STANDALONE, "bench", clip, "--rounds", 1, "--data", data(), "-conf", settings)) {
            assertThat(bench.exitCode()).as(bench.toString()).isZero();
            assertThat(bench.err()).isEmpty();
            assertThat(bench.out().lines())
                    .anyMatch(line -> line.matches("1 +single-pass +[0-9.]+ +[0-9.]+ +0\\.00 +0\\.00"))
                    .anyMatch(line -> line.matches("1 +legacy +[0-9.]+ +[0-9.]+ +0\\.00 +0\\.00"))
                    .anyMatch(line -> line.matches("1 +pipeline +[0-9.]+ +[0-9.]+ +[0-9.]+ +[1-9][0-9.]+"))
                    .anyMatch(line -> line.matches("pipeline / single-pass: wall [0-9.]+, CPU [0-9.]+ .*"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void continuesJobsAfterRestart(boolean graceful) throws Exception {
        Path clip = Clips.generate(directory, 6);
        String encoding;
        String waiting;

        try (JarProcess first = start("veryslow")) {
            encoding = submit(clip);
            waiting = submit(clip);
            assertThat(first.awaitEncode()).isNotEmpty();
            if (graceful) {
                first.terminate();
                first.awaitExit(STOP_LIMIT);
                assertThat(first.err()).contains("pipeline stopped").doesNotContain("ERROR", "\tat ");
                assertThat(processesOnData()).isEmpty();
            } else {
                first.kill();
            }
        }

        try (JarProcess second = start("ultrafast");
                JobReader jobs = JobReader.open(configuration())) {
            assertThat(jobs.awaitEnd(encoding).state()).as(second.toString()).isEqualTo(JobStatus.State.COMPLETED);
            assertThat(jobs.awaitEnd(waiting).state()).as(second.toString()).isEqualTo(JobStatus.State.COMPLETED);
        }
        assertThat(processesOnData()).isEmpty();
    }

    @Test
    void rejectsSecondStartOnSameData() throws Exception {
        try (JarProcess first = start("ultrafast");
                JarProcess second = JarProcess.run(JarProcess.STANDALONE, "start", "--data", data())) {
            assertThat(second.exitCode()).as(first.toString()).isEqualTo(1);
            assertThat(second.err())
                    .isEqualTo("The data directory " + data()
                            + " is used by another Sluice process: stop it or choose another directory with --data."
                            + System.lineSeparator());
        }
    }

    @Test
    void explainsDirectoryAsFileAndUnusableDataDirectory() throws Exception {
        try (JarProcess demo = JarProcess.run(JarProcess.STANDALONE, "demo", directory, "--data", data())) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err())
                    .isEqualTo("Not a file: " + directory + " is a directory. Name one video file."
                            + System.lineSeparator());
        }
        Path file = Clips.text(directory);
        try (JarProcess start = JarProcess.run(JarProcess.STANDALONE, "start", "--data", file)) {
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err())
                    .isEqualTo("The data directory " + file + " cannot be used: " + file
                            + " is not a directory. Choose a directory with write permission with --data."
                            + System.lineSeparator());
        }
    }

    @Test
    void explainsPortInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                JarProcess start = JarProcess.run(
                        JarProcess.STANDALONE, "start", "--data", data(), "--port", other.getLocalPort())) {
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err())
                    .contains(
                            "The HTTP API cannot listen on 127.0.0.1:" + other.getLocalPort() + ": the port is in use");
        }
    }

    /** The pipeline opens its other services while the broker starts. */
    @Test
    void stopsDatabaseWhenBrokerDoesNotStart() throws Exception {
        Path broken = Files.createDirectories(directory.resolve("broken/broker"));
        Path store = Files.createFile(broken.resolve("store"));

        try (JarProcess start =
                JarProcess.run(JarProcess.STANDALONE, "start", "--data", directory.resolve("broken"), "--port", 0)) {
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err()).contains("embedded database started", "pipeline stopped");
            assertThat(start.err().lines()).last().isEqualTo(store.toString());
            assertThat(processesOn(directory.resolve("broken"))).isEmpty();
        }
    }

    private static JarProcess start(String preset) throws IOException {
        JarProcess started = JarProcess.start(
                JarProcess.STANDALONE, "start", "--data", data(), "-conf", settings(preset), "--port", 0);
        started.awaitOutput("Web UI: http");
        return started;
    }

    private static String submit(Path clip) throws Exception {
        Path configuration = StandaloneServer.configuration(data());
        try (JarProcess submit = JarProcess.run(JarProcess.PRODUCTION, "submit", clip, "-conf", configuration)) {
            assertThat(submit.exitCode()).as(submit.toString()).isZero();
            return submit.out().strip();
        }
    }

    /** Command lines of the running processes that use the data directory. */
    private static List<String> processesOnData() {
        return processesOn(data());
    }

    private static List<String> processesOn(Path path) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(path.toString()))
                .toList();
    }

    private static JsonObject configuration() throws IOException {
        return new JsonObject(Files.readString(StandaloneServer.configuration(data())));
    }

    private static Path settings(String preset) throws IOException {
        JsonObject settings = new JsonObject()
                .put("media", new JsonObject().put("preset", preset))
                .put(
                        "delivery",
                        new JsonObject()
                                .put("leaseSeconds", 4)
                                .put("leaseRenewSeconds", 1)
                                .put("maxTaskSeconds", 86_400));
        return Files.writeString(directory.resolve(preset + ".json"), settings.encode());
    }

    private static Path data() {
        return directory.resolve("data");
    }
}
