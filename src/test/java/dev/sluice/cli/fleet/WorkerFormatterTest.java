package dev.sluice.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.persistence.worker.ConfigStatus;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.VerticleStatus;
import dev.sluice.persistence.worker.VerticleStatus.State;
import dev.sluice.persistence.worker.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerFormatterTest {
    @Test
    void showsWorkersWithTheirVerticlesAndEscapesUntrustedText() {
        WorkerStatus status = new WorkerStatus(
                "host:1:abcd\u001b[2J",
                "host",
                "1.0",
                Instant.EPOCH,
                false,
                List.of(
                        new VerticleStatus("publisher", 1, 0, 0, State.RUNNING),
                        new VerticleStatus("processing", 2, 3, 4, State.PAUSED),
                        new VerticleStatus(
                                "upload", 1, 2, 0, State.PAUSED, Optional.of("paused\u001b"), Optional.empty())),
                new ConfigStatus("0123456789ab", Instant.EPOCH, Optional.of("media.crf: invalid value")));

        assertThat(WorkerFormatter.format(
                        List.of(new RegisteredWorker(status, Duration.ofMinutes(61), Duration.ofSeconds(2), false))))
                .containsExactly(
                        "host:1:abcd\\u001b[2J  running, version 1.0, up 1 h 1 min, seen 2 s ago",
                        "  configuration 0123456789ab, loaded 1970-01-01T00:00:00Z; media.crf: invalid value",
                        "  verticle     state     instances  concurrency  in use",
                        "  publisher    running           1",
                        "  processing   paused            2            3       4",
                        "  upload       paused            1            2       0",
                        "    paused\\u001b");
    }

    @Test
    void saysThatNoWorkerIsRunning() {
        assertThat(WorkerFormatter.format(List.of())).containsExactly("No worker is running.");
    }
}
