package dev.sluice.pipeline.run;

import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.job.StepScheme;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.publisher.ProgressEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Builds the updates of one claim: numbers them in order and keeps progress from falling. Threads: any. */
public final class RunUpdates {
    private final Claim claim;
    private final JobUpdate started;
    private final Clock clock;
    private final AtomicLong seq;
    private final AtomicInteger progress;

    /** @param started the first update of the claim, which its transaction committed */
    public RunUpdates(Claim claim, JobUpdate started, Clock clock) {
        this.claim = claim;
        this.started = started;
        this.clock = clock;
        this.seq = new AtomicLong(started.seq() + 1);
        this.progress = new AtomicInteger(started.progress());
    }

    /** The stage is completed; {@code after} is the job with its outputs. */
    JobUpdate completed(StagedJob after) {
        boolean last = stage() == StageName.UPLOAD;
        return update(
                last ? JobUpdate.Status.COMPLETED : JobUpdate.Status.PROCESSING,
                steps().completedStep(stage()),
                steps().completedProgress(stage()),
                last ? JobUpdate.Content.completed(after) : JobUpdate.Content.of(after));
    }

    /** The stage is planned in tasks. */
    JobUpdate segmentsPlanned(StagedJob after) {
        return update(
                JobUpdate.Status.PROCESSING,
                StageName.SEGMENTS_PLANNED_STEP,
                stage().startProgress(),
                JobUpdate.Content.of(after));
    }

    /** A task of the stage is completed. */
    JobUpdate taskCompleted(TaskCompletion.JobProgress reached) {
        return update(
                        JobUpdate.Status.PROCESSING,
                        steps().completedStep(stage()),
                        reached.progress(),
                        JobUpdate.Content.of(claim.job()))
                .withSeq(reached.seq());
    }

    JobUpdate failed(JobException failure) {
        return update(
                JobUpdate.Status.FAILED,
                steps().failedStep(stage()),
                0,
                JobUpdate.Content.failed(
                        JobUpdate.ErrorDetails.of(failure, claim.job()),
                        claim.job().warnings()));
    }

    /**
     * Progress of this run.
     *
     * @param fraction of the stage's work, 0 to 1
     */
    ProgressEvent progress(double fraction) {
        // The progress of a job in tasks is known to the database alone.
        int reached =
                stage() == StageName.SEGMENT ? progress.get() : raiseProgress(steps().progressAt(stage(), fraction));
        return new ProgressEvent(
                claim.attempt(),
                claim.job().mediaId(),
                reached,
                fraction,
                seq.getAndIncrement(),
                eta(fraction),
                started.origin().worker(),
                claim.job().updateOptions().interval());
    }

    private Optional<Integer> eta(double fraction) {
        return ProgressEvent.estimateRemaining(
                fraction, Duration.between(started.timestamp(), clock.instant()).toMillis() / 1000.0);
    }

    private JobUpdate update(JobUpdate.Status status, String step, int reached, JobUpdate.Content content) {
        return new JobUpdate(
                claim.job().id(),
                claim.job().mediaId(),
                status,
                raiseProgress(reached),
                step,
                content,
                clock.instant(),
                seq.getAndIncrement(),
                started.origin(),
                Optional.empty());
    }

    private int raiseProgress(int reached) {
        return progress.accumulateAndGet(reached, Math::max);
    }

    private StepScheme steps() {
        return claim.job().updateOptions().stepScheme();
    }

    private StageName stage() {
        return claim.attempt().run().stage();
    }
}
