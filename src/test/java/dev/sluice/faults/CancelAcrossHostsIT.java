package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ClassArchive;
import dev.sluice.broker.ChildProcess;
import dev.sluice.broker.RabbitNode;
import dev.sluice.standalone.SampleClip;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancels a job with the command line of a machine without workers. Prints how soon its FFmpeg has ended. */
@Timeout(600)
class CancelAcrossHostsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SubmittedJob JOB = new SubmittedJob("long", true, 1);

    @Test
    void stopsFfmpegOnAnyHostWhenCancelled() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        FaultRunConfig config =
                FaultRunConfig.of(2).with(new JsonObject().put("media", new JsonObject().put("preset", "veryslow")));

        try (FaultScenario scenario = FaultScenario.open("cancel", config)) {
            scenario.services()
                    .bucket()
                    .upload(
                            SubmittedJob.CLIP_KEY,
                            SampleClip.generate(
                                    new FaultRunClips().ffmpeg(),
                                    scenario.directory(),
                                    "long.mp4",
                                    Duration.ofSeconds(20),
                                    "1280x720"));
            scenario.startWorkers();
            scenario.submit(JOB);
            awaitThat(() -> scenario.workers().stream()
                    .anyMatch(worker -> !worker.ffmpegs().isEmpty()));
            List<WorkerProcess> busy = scenario.workers().stream()
                    .filter(worker -> !worker.ffmpegs().isEmpty())
                    .toList();
            List<ProcessHandle> encode = busy.get(0).ffmpegs();

            ChildProcess command = cancel(scenario);
            awaitThat(() -> encode.stream().noneMatch(ProcessHandle::isAlive));
            Instant ended = Instant.now();

            assertThat(command.awaitExit(LIMIT)).isTrue();
            boolean idle = scenario.drain(LIMIT);
            Instant cancelled = SnapshotReader.instant(scenario.services()
                    .postgres()
                    .database()
                    .value("SELECT extract(epoch FROM finished_at) FROM sluice.job WHERE error_code = 'cancelled'"));
            System.out.println("FFmpeg on another host ended "
                    + Duration.between(cancelled, ended).toMillis() + " ms after its job was cancelled");
            assertThat(idle).as("idle at the end").isTrue();
            assertThat(scenario.workers()).allMatch(WorkerProcess::isAlive);
            assertThat(scenario.stopWorkers()).isEmpty();
            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
        }
    }

    private static ChildProcess cancel(FaultScenario scenario) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ClassArchive.jvmOptions());
        command.addAll(List.of(
                "-jar",
                WorkerProcess.JAR.toString(),
                "cancel",
                JOB.id(),
                "-conf",
                scenario.worker(0).config().toString()));
        return ChildProcess.start(command, Map.of(), scenario.directory().resolve("cancel.log"));
    }

    private static void awaitThat(Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(condition);
    }
}
