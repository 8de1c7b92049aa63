package dev.sluice.pipeline.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.run.StageCompletion.NextRun;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import dev.sluice.persistence.run.StageCompletion.TaskBatch;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.TaskPlan;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A run that went well, with all that follows from it, ready to be committed.
 *
 * @param summary figures for the log
 * @param follows how the job goes on
 */
record RunCompletion(
        JsonObject summary, Continuation follows, BiFunction<RunRepository, Attempt, Future<Boolean>> commit) {
    /** What comes after a run. */
    enum Continuation {
        /** The job is completed with it. */
        JOB_COMPLETED,
        /** The next stage. */
        NEXT_STAGE,
        /** Tasks, or what is left of them. */
        TASKS
    }

    /** @throws dev.sluice.job.JobException MESSAGE_TOO_LARGE when the next stage would not read its message */
    static RunCompletion from(
            StageResult result, StageRoute route, RunExecutor.Handoff onward, RunUpdates updates, int inFlight) {
        if (route.name() == StageName.SEGMENT) {
            TaskCompletion done = ofTask(result, route, updates, inFlight);
            return new RunCompletion(
                    result.summary(), Continuation.TASKS, (runs, attempt) -> runs.commit(attempt, done));
        }
        StageCompletion done = result.plan()
                .map(plan -> ofPlan(result, plan, updates, inFlight))
                .orElseGet(() -> ofWhole(result, route, onward, updates));
        return new RunCompletion(
                result.summary(), follows(result, route), (runs, attempt) -> runs.commit(attempt, done));
    }

    private static Continuation follows(StageResult result, StageRoute route) {
        if (result.plan().isPresent()) {
            return Continuation.TASKS;
        }
        return route.next().isEmpty() ? Continuation.JOB_COMPLETED : Continuation.NEXT_STAGE;
    }

    private static StageCompletion ofWhole(
            StageResult result, StageRoute route, RunExecutor.Handoff onward, RunUpdates updates) {
        StagedJob after = route.next()
                .map(next -> result.job().forStage(next))
                .orElseGet(() -> result.job().completed());
        // Made also where it is not sent: what is lost on the way is sent again, and has to be readable then.
        Optional<NextRun> next = route.next().map(stage -> next(after, stage));
        return new StageCompletion(
                after,
                result.runResult(),
                updates.completed(after),
                onward == RunExecutor.Handoff.INLINE ? next.map(sent -> new NextRun(sent.run())) : next);
    }

    private static StageCompletion ofPlan(StageResult result, TaskPlan plan, RunUpdates updates, int inFlight) {
        StagedJob after = result.job().forStage(StageName.SEGMENT);
        TaskBatch tasks = new TaskBatch(
                StageName.SEGMENT,
                plan.tasks().stream()
                        .map(planned -> new PlannedTask(planned.number(), planned.weight()))
                        .toList(),
                inFlight,
                task -> StageMessages.toTask(task(after, task), after));
        return new StageCompletion(
                after, result.runResult(), updates.segmentsPlanned(after), Optional.empty(), Optional.of(tasks));
    }

    private static TaskCompletion ofTask(StageResult result, StageRoute route, RunUpdates updates, int inFlight) {
        StagedJob job = result.job();
        return new TaskCompletion(
                job,
                result.runResult(),
                inFlight,
                updates::taskCompleted,
                task -> StageMessages.toTask(task(job, task), job),
                next(job, route.next().orElseThrow()));
    }

    private static RunId task(StagedJob job, int task) {
        return new RunId(job.id(), StageName.SEGMENT, task);
    }

    private static NextRun next(StagedJob job, StageName stage) {
        return new NextRun(RunId.ofStage(job.id(), stage), StageMessages.toStage(stage, job));
    }
}
