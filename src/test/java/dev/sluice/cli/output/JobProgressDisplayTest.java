package dev.sluice.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.job.RunStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobProgressDisplayTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final JobProgressDisplay display =
            new JobProgressDisplay(new PrintStream(printed, true, StandardCharsets.UTF_8), false);

    @Test
    void printsStartAndEndOfEachStageOnce() {
        display.update(running(StageName.DOWNLOAD, 5));
        display.update(running(StageName.DOWNLOAD, 10));
        display.update(running(StageName.PROCESSING, 45));
        display.update(running(StageName.PROCESSING, 50));

        assertThat(lines()).containsExactly("download   started", "download   done", "processing started");
    }

    @Test
    void printsOutputsAndWarnings() {
        JobStatus completed = status(JobStatus.State.COMPLETED, StageName.UPLOAD, 100, Optional.empty());

        display.printOutputs(completed, key -> "/data/" + key);

        assertThat(lines())
                .contains(
                        "720p          1280x720    9,000,000  /data/videos/m_720p.mp4",
                        "warning: The file is cut short.");
    }

    @Test
    void printsStageAndErrorOfFailedJob() {
        JobStatus failed = status(JobStatus.State.FAILED, StageName.DOWNLOAD, 0, Optional.of("The file is text."));

        display.printFailure(failed);

        assertThat(lines()).contains("The job failed in download: The file is text. (not_a_video)");
    }

    private Stream<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines();
    }

    private static JobStatus running(StageName stage, int progress) {
        return status(JobStatus.State.RUNNING, stage, progress, Optional.empty());
    }

    private static JobStatus status(JobStatus.State state, StageName stage, int progress, Optional<String> error) {
        OutputFile output = new OutputFile(
                OutputFile.Type.SCALED, "videos/m_720p.mp4", 1280, 720, 9_000_000, "video/mp4", "720p", 0);
        RunStatus run = new RunStatus(
                stage,
                0,
                "running",
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        return new JobStatus(
                new JobId("j"),
                state,
                stage,
                progress,
                error.map(message -> "not_a_video"),
                error,
                List.of(output),
                List.of("The file is cut short."),
                Instant.EPOCH,
                Optional.empty(),
                List.of(run));
    }
}
