package dev.sluice.job;

/** One stage of one job; {@code task} numbers the parts of a stage that is cut into several (0 where it is not). */
public record RunId(JobId job, StageName stage, int task) {
    public RunId {
        if (task < 0) {
            throw new IllegalArgumentException("a task number is 0 or more, not " + task);
        }
    }

    /** The run of a stage that is done in one piece. */
    public static RunId ofStage(JobId job, StageName stage) {
        return new RunId(job, stage, 0);
    }

    @Override
    public String toString() {
        return job + "/" + stage.key() + "/" + task;
    }
}
