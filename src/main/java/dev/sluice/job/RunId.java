package dev.sluice.job;

/**
 * A stage of a job, or one of its tasks.
 *
 * @param task number of the task; 0 for a stage that is not split into tasks
 */
public record RunId(JobId job, StageName stage, int task) {
    public RunId {
        if (task < 0) {
            throw new IllegalArgumentException("a task number must be 0 or more, not " + task);
        }
    }

    /** The run of a stage that is not split into tasks. */
    public static RunId ofStage(JobId job, StageName stage) {
        return new RunId(job, stage, 0);
    }

    @Override
    public String toString() {
        return job + "/" + stage.key() + "/" + task;
    }
}
