package dev.sluice.job;

/**
 * Names of the steps in the updates of a job. Both schemes have the same steps for the start of a stage and differ in those for
 * its completion: the last step of the legacy single-stage flow has the name of an intermediate step of the staged flow.
 */
public enum StepScheme {
    /** The steps of {@link StageName}. */
    STAGED,
    /** The steps that the producer of a single-stage request expects. */
    SINGLE_STAGE;

    private static final int METADATA_PROGRESS = 10;

    /** The {@code current_step} when this stage is completed. */
    public String completedStep(StageName stage) {
        return this == STAGED
                ? stage.completedStep()
                : switch (stage) {
                    case DOWNLOAD -> "extracting_metadata";
                    case PROCESSING, JOIN -> StageName.UPLOAD.startStep();
                    case SEGMENT -> stage.completedStep();
                    case UPLOAD -> "processing_complete";
                };
    }

    /** Progress of the job, in percent, when this stage is completed. */
    public int completedProgress(StageName stage) {
        return this == SINGLE_STAGE && stage == StageName.DOWNLOAD ? METADATA_PROGRESS : stage.completedProgress();
    }

    /** The {@code current_step} when the job failed in this stage. */
    public String failedStep(StageName stage) {
        return this == STAGED ? stage.failedStep() : StageName.PROCESSING.failedStep();
    }

    /** Progress of the job, in percent, when {@code fraction} (0 to 1, clamped) of a stage is completed. */
    public int progressAt(StageName stage, double fraction) {
        double done = Math.min(1, Math.max(0, fraction));
        return stage.startProgress() + (int) Math.floor(done * (completedProgress(stage) - stage.startProgress()));
    }
}
