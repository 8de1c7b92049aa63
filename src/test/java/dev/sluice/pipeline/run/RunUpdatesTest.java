package dev.sluice.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Claim;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunUpdatesTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final StagedJob JOB =
            StagedJob.create(new NewJob(new JobId("j"), "m", "u", "uploads/a.mp4", "a.mp4", "video/mp4", 1, START));

    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    @Test
    void increasesSeqOverStepsAndProgress() {
        RunUpdates updates = updates(StageName.PROCESSING, 20, 3_000_000);

        List<Long> numbers = List.of(
                started(StageName.PROCESSING, 20, 3_000_000, JOB).seq(),
                updates.progress(0.1).seq(),
                updates.progress(0.2).seq(),
                updates.completed(JOB).seq());

        assertThat(numbers).containsExactly(3_000_000L, 3_000_001L, 3_000_002L, 3_000_003L);
    }

    @Test
    void keepsProgressOfEarlierAttempt() {
        RunUpdates updates = updates(StageName.PROCESSING, 55, 0);

        assertThat(started(StageName.PROCESSING, 55, 0, JOB).progress()).isEqualTo(55);
        assertThat(updates.progress(0.1).progress()).isEqualTo(55);
        assertThat(updates.progress(0.9).progress()).isEqualTo(66);
        assertThat(updates.progress(0.5).progress()).isEqualTo(66);
        assertThat(updates.failed(new JobException(ErrorCode.NO_FRAMES, "No frame."))
                        .progress())
                .isEqualTo(66);
    }

    @Test
    void completesJobWithLastStage() {
        JobUpdate done = updates(StageName.UPLOAD, 80, 0).completed(JOB);

        assertThat(done.status()).isEqualTo(JobUpdate.Status.COMPLETED);
        assertThat(done.step()).isEqualTo("upload_complete");
        assertThat(done.progress()).isEqualTo(100);
    }

    @Test
    void usesSingleStageStepsForRequest() {
        StagedJob request = MessageCodec.decodeRequest(Buffer.buffer("""
                        {"type":"video_processing_request","job_id":"j","media_id":"m","user_id":"u","s3_key":"a.mp4"}""")).toStagedJob();

        List<String> steps = Stream.of(StageName.DOWNLOAD, StageName.PROCESSING, StageName.UPLOAD)
                .flatMap(stage -> Stream.of(
                        started(stage, 0, 0, request),
                        updates(stage, 0, 0, request).completed(request)))
                .map(update -> update.step() + " " + update.progress() + " " + update.status())
                .toList();

        assertThat(steps)
                .containsExactly(
                        "downloading_video 0 PROCESSING",
                        "extracting_metadata 10 PROCESSING",
                        "processing_video 30 PROCESSING",
                        "uploading_results 70 PROCESSING",
                        "uploading_results 80 PROCESSING",
                        "processing_complete 100 COMPLETED");
        assertThat(updates(StageName.DOWNLOAD, 0, 0, request).progress(0.9).progress())
                .isEqualTo(9);
        assertThat(updates(StageName.UPLOAD, 0, 0, request)
                        .failed(new JobException(ErrorCode.NO_FRAMES, "No frame."))
                        .step())
                .isEqualTo("processing_failed");
    }

    @Test
    void estimatesRemainingTimeFromFivePercent() {
        RunUpdates updates = updates(StageName.PROCESSING, 30, 0);
        now.set(START.plus(Duration.ofSeconds(20)));

        assertThat(updates.progress(0.04).etaSeconds()).isEmpty();
        assertThat(updates.progress(0.25).etaSeconds()).contains(60);
    }

    private RunUpdates updates(StageName stage, int minProgress, long firstSeq) {
        return updates(stage, minProgress, firstSeq, JOB);
    }

    private RunUpdates updates(StageName stage, int minProgress, long firstSeq, StagedJob job) {
        Attempt attempt = new Attempt(RunId.ofStage(new JobId("j"), stage), 1, 1);
        InstantSource source = now::get;
        return new RunUpdates(
                new Claim(attempt, firstSeq, minProgress, Optional.empty(), job),
                started(stage, minProgress, firstSeq, job),
                source.withZone(ZoneOffset.UTC));
    }

    private static JobUpdate started(StageName stage, int minProgress, long firstSeq, StagedJob job) {
        return JobUpdate.started(job, new JobUpdate.Origin(stage, 1, "w"), minProgress, firstSeq, START);
    }
}
