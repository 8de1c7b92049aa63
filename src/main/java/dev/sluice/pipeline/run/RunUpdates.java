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
        this.progress = new AtomicInteger(claim.progressFloor());
        this.started = update(
                JobUpdate.Status.PROCESSING, stage().startStep(), stage().startProgress(), job, Optional.empty());
    }

    /** The stage has begun; the first update of the claim, the same each time it is asked for. */
    public JobUpdate started() {
        return started;
    }

    /** The stage is done; {@code after} is the job with what the stage made. */
    JobUpdate done(StagedJob after) {
        boolean last = stage() == StageName.UPLOAD;
        return update(
                last ? JobUpdate.Status.COMPLETED : JobUpdate.Status.PROCESSING,
                steps().doneStep(stage()),
                steps().doneProgress(stage()),
                after,
                Optional.empty());
    }

    /** The stage has planned tasks, which go on. */
    JobUpdate planned(StagedJob after) {
        return update(
                JobUpdate.Status.PROCESSING, StageName.PLANNED_STEP, stage().startProgress(), after, Optional.empty());
    }

    /** A task is done, of which the job has several. */
    JobUpdate taskDone(TaskCompletion.Standing standing) {
        return update(
                        JobUpdate.Status.PROCESSING,
                        steps().doneStep(stage()),
                        standing.progress(),
                        job,
                        Optional.empty())
                .numbered(standing.seq());
    }

    JobUpdate failed(JobException failure) {
        return update(
                JobUpdate.Status.FAILED,
                steps().failedStep(stage()),
                0,
                job,
                Optional.of(new JobUpdate.Failure(failure.code(), failure.sentence())));
    }

    /** How far this stage's work is, 0 to 1. */
    ProgressEvent tick(double fraction) {
        // How far the job is with one of several tasks only the database can tell.
        int raised = stage() == StageName.SEGMENT ? progress.get() : raise(steps().progressAt(stage(), fraction));
        return new ProgressEvent(
                claim.attempt(),
                job.mediaId(),
                raised,
                fraction,
                seq.getAndIncrement(),
                eta(fraction),
                worker,
                job.answerForm().interval());
    }

    private Optional<Integer> eta(double fraction) {
        return ProgressEvent.eta(
                fraction, Duration.between(startedAt, clock.instant()).toMillis() / 1000.0);
    }

    private JobUpdate update(
            JobUpdate.Status status, String step, int reached, StagedJob about, Optional<JobUpdate.Failure> failure) {
        boolean done = status == JobUpdate.Status.COMPLETED;
        Optional<VideoMetadata> metadata = failure.isPresent() ? Optional.empty() : about.metadata();
        return new JobUpdate(
                about.id(),
                about.mediaId(),
                status,
                raise(reached),
                step,
                done ? about.outputs() : List.of(),
                metadata,
                failure,
                about.warnings(),
                clock.instant(),
                seq.getAndIncrement(),
                stage(),
                claim.attempt().number(),
                Optional.empty(),
                worker);
    }

    private int raise(int reached) {
        return progress.accumulateAndGet(reached, Math::max);
    }

    private StepScheme steps() {
        return job.answerForm().steps();
    }

    private StageName stage() {
        return claim.attempt().run().stage();
    }
}
