package dev.sluice.pipeline.run;

import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.job.StepScheme;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.publisher.ProgressEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The updates of one claim: numbers them in order and keeps progress from falling. Safe for use from any thread. */
public final class RunUpdates {
    private final Claim claim;
    private final StagedJob job;
    private final String worker;
    private final Clock clock;
    private final Instant startedAt;
    private final AtomicLong seq;
    private final AtomicInteger progress;
    private final JobUpdate started;

    public RunUpdates(Claim claim, StagedJob job, String worker, Clock clock) {
        this.claim = claim;
        this.job = job;
        this.worker = worker;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.seq = new AtomicLong(claim.firstSeq());
        this.progress = new AtomicInteger(claim.minProgress());
        this.started = update(
                JobUpdate.Status.PROCESSING, stage().startStep(), stage().startProgress(), job, Optional.empty());
    }

    /** The stage has begun; the first update of the claim, the same each time it is asked for. */
    public JobUpdate started() {
        return started;
    }

    /** The stage is done; {@code after} is the job with what the stage made. */
    JobUpdate completed(StagedJob after) {
        boolean last = stage() == StageName.UPLOAD;
        return update(
                last ? JobUpdate.Status.COMPLETED : JobUpdate.Status.PROCESSING,
                steps().completedStep(stage()),
                steps().completedProgress(stage()),
                after,
                Optional.empty());
    }

    /** The stage has planned tasks, which go on. */
    JobUpdate segmentsPlanned(StagedJob after) {
        return update(
                JobUpdate.Status.PROCESSING,
                StageName.SEGMENTS_PLANNED_STEP,
                stage().startProgress(),
                after,
                Optional.empty());
    }

    /** A task is done, of which the job has several. */
    JobUpdate taskCompleted(TaskCompletion.JobProgress standing) {
        return update(
                        JobUpdate.Status.PROCESSING,
                        steps().completedStep(stage()),
                        standing.progress(),
                        job,
                        Optional.empty())
                .withSeq(standing.seq());
    }

    JobUpdate failed(JobException failure) {
        return update(
                JobUpdate.Status.FAILED,
                steps().failedStep(stage()),
                0,
                job,
                Optional.of(new JobUpdate.ErrorDetails(failure.code(), failure.message())));
    }

    /** How far this stage's work is, 0 to 1. */
    ProgressEvent progress(double fraction) {
        // How far the job is with one of several tasks only the database can tell.
        int raised =
                stage() == StageName.SEGMENT ? progress.get() : raiseProgress(steps().progressAt(stage(), fraction));
        return new ProgressEvent(
                claim.attempt(),
                job.mediaId(),
                raised,
                fraction,
                seq.getAndIncrement(),
                eta(fraction),
                worker,
                job.updateOptions().interval());
    }

    private Optional<Integer> eta(double fraction) {
        return ProgressEvent.estimateRemaining(
                fraction, Duration.between(startedAt, clock.instant()).toMillis() / 1000.0);
    }

    private JobUpdate update(
            JobUpdate.Status status,
            String step,
            int reached,
            StagedJob about,
            Optional<JobUpdate.ErrorDetails> failure) {
        boolean done = status == JobUpdate.Status.COMPLETED;
        Optional<VideoMetadata> metadata = failure.isPresent() ? Optional.empty() : about.metadata();
        return new JobUpdate(
                about.id(),
                about.mediaId(),
                status,
                raiseProgress(reached),
                step,
                done ? about.outputs() : List.of(),
                metadata,
                failure,
                about.warnings(),
                clock.instant(),
                seq.getAndIncrement(),
                stage(),
                claim.attempt().attemptNumber(),
                Optional.empty(),
                worker);
    }

    private int raiseProgress(int reached) {
        return progress.accumulateAndGet(reached, Math::max);
    }

    private StepScheme steps() {
        return job.updateOptions().stepScheme();
    }

    private StageName stage() {
        return claim.attempt().run().stage();
    }
}
