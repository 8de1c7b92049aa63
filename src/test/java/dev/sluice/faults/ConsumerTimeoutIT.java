package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processing takes longer than the broker waits for an acknowledgement. The broker closes the channel and redelivers; processing
 * continues, counts once, and the consumer reconnects.
 */
@Tag("long")
@Timeout(600)
class ConsumerTimeoutIT {
    private static final String RUN = "consumer-timeout";
    private static final Duration WORK = Duration.ofSeconds(150);

    @Test
    void completesOnceAndProcessesNextJob() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        Path slow = FaultScenario.directory(RUN).resolve("slow-ffmpeg");
        FaultRunClips clips = new FaultRunClips();
        FaultRunConfig config = FaultRunConfig.of(1)
                .withRabbit("consumer_timeout = 60000")
                .with(new JsonObject()
                        .put(
                                "ffmpeg",
                                new JsonObject()
                                        .put("ffmpeg", slow.toString())
                                        .put("ffprobe", clips.ffmpeg().ffprobe().toString())
                                        // The script writes a marker file outside the sandbox.
                                        .put("sandbox", "off")
                                        .put("stallTimeoutSeconds", 400)));

        try (FaultScenario scenario = FaultScenario.open(RUN, config)) {
            Files.writeString(
                    slow,
                    slowOnce(slow.resolveSibling("encoded"), clips.ffmpeg().ffmpeg()));
            Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
            scenario.startWorkers();
            scenario.submit(new SubmittedJob("long", true, 1));
            boolean longEnded = scenario.recorder().awaitEnded(1, WORK.plusSeconds(90));
            scenario.submit(new SubmittedJob("next", true, 1));
            boolean idle = scenario.drain(Duration.ofSeconds(60));
            String log = Files.readString(scenario.worker(0).log());

            assertThat(longEnded).as("long job ended").isTrue();
            assertThat(idle).as("next job ended").isTrue();
            assertThat(log).as("acknowledgement timed out").contains("PRECONDITION_FAILED");
            assertThat(scenario.stopWorkers()).isEmpty();
            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
            assertThat(scenario.services()
                            .postgres()
                            .database()
                            .value(
                                    "SELECT string_agg(j.id || ' ' || r.stage || ' ' || r.counted || ' ' || j.state, ', '"
                                            + " ORDER BY j.id DESC) FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id"
                                            + " WHERE r.stage = 'processing'"))
                    .isEqualTo("next processing 1 completed, long processing 1 completed");
        }
    }

    /** FFmpeg whose first encode starts late. */
    private static String slowOnce(Path marker, Path ffmpeg) {
        return """
                #!/bin/sh
                case "$*" in
                *-filter_complex*) if [ ! -e '%1$s' ]; then : > '%1$s'; sleep %2$d; fi ;;
                esac
                exec '%3$s' "$@"
                """.formatted(marker, WORK.toSeconds(), ffmpeg);
    }
}
