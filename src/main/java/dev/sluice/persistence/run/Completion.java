package dev.sluice.persistence.run;

/** What a successful run commits. */
public sealed interface Completion permits StageCompletion, TaskCompletion {
    /** How the job continues after this run. */
    Continuation continuation();

    /** How a job continues after a run. */
    enum Continuation {
        /** Not at all: the job is completed. */
        JOB_COMPLETED,
        /** In the next stage. */
        NEXT_STAGE,
        /** In tasks, or in those that are left. */
        TASKS
    }
}
