package dev.sluice.job;

/**
 * The words in which the updates of a job say how far it is. Both kinds begin a stage with the same step; they differ in what
 * ends one, because the last step of the older single-stage flow is called as the staged flow calls one in the middle.
 */
public enum StepScheme {
    /** Those of {@link StageName}. */
    STAGED,
    /** Those that the producer of a single-stage request waits for. */
    SINGLE_STAGE;

    private static final int METADATA_PROGRESS = 10;

    /** The {@code current_step} when this stage is done. */
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

    /** Progress in percent of the job when this stage is done. */
    public int completedProgress(StageName stage) {
        return this == SINGLE_STAGE && stage == StageName.DOWNLOAD ? METADATA_PROGRESS : stage.completedProgress();
    }

    /** The {@code current_step} when the job failed in this stage. */
    public String failedStep(StageName stage) {
        return this == STAGED ? stage.failedStep() : StageName.PROCESSING.failedStep();
    }

    /** Progress of the job, in percent, when {@code fraction} (0 to 1, clamped) of a stage's work is done. */
    public int progressAt(StageName stage, double fraction) {
        double done = Math.min(1, Math.max(0, fraction));
        return stage.startProgress() + (int) Math.floor(done * (completedProgress(stage) - stage.startProgress()));
    }
}
