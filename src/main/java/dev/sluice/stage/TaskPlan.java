package dev.sluice.stage;

import java.util.List;

/**
 * Tasks in which a job continues.
 *
 * @param tasks in the order in which they are started
 */
public record TaskPlan(List<Task> tasks) {
    public TaskPlan {
        tasks = List.copyOf(tasks);
    }

    /**
     * A planned task.
     *
     * @param weight its share of the stage, relative to the other tasks
     */
    public record Task(int number, double weight) {}
}
