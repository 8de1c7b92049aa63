package dev.sluice.pipeline.run;

import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Completion;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.run.StageCompletion.NextRun;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import dev.sluice.persistence.run.StageCompletion.TaskBatch;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.TaskPlan;
import java.util.Optional;

/** Builds what a successful run commits, from the result of its stage. */
final class RunCompletion {
    private RunCompletion() {}

    /** @throws dev.sluice.job.JobException MESSAGE_TOO_LARGE when the next stage would reject its message */
    static Completion of(ClaimedRun run, StageResult result, StageRoute route, Handoff handoff, RunServices services) {
        int maxInFlight = services.delivery().maxSegmentsInFlight();
        if (route.name() == StageName.SEGMENT) {
            return task(result, route, run.updates(), maxInFlight);
        }
        return result.plan()
                .<Completion>map(plan -> plan(result, plan, run.updates(), maxInFlight))
                .orElseGet(() -> stage(result, route, handoff, run.updates()));
    }

    private static StageCompletion stage(StageResult result, StageRoute route, Handoff handoff, RunUpdates updates) {
        StagedJob after = route.next()
                .map(next -> result.job().forStage(next))
                .orElseGet(() -> result.job().completed());
        // Built for an inline handoff too: if its delivery is lost, recovery sends it, and the stage must accept it.
        Optional<NextRun> next = route.next().map(stage -> next(after, stage));
        return new StageCompletion(
                after,
                result.runResult(),
                updates.completed(after),
                handoff == Handoff.INLINE ? next.map(run -> new NextRun(run.run(), Optional.empty())) : next);
    }

    private static StageCompletion plan(StageResult result, TaskPlan plan, RunUpdates updates, int maxInFlight) {
        StagedJob after = result.job().forStage(StageName.SEGMENT);
        TaskBatch tasks = new TaskBatch(
                StageName.SEGMENT,
                plan.tasks().stream()
                        .map(planned -> new PlannedTask(planned.number(), planned.weight()))
                        .toList(),
                plan.tasks().stream()
                        .limit(maxInFlight)
                        .map(planned -> StageMessages.toTask(taskRun(after, planned.number()), after))
                        .toList());
        return new StageCompletion(
                after, result.runResult(), updates.segmentsPlanned(after), Optional.empty(), Optional.of(tasks));
    }

    private static TaskCompletion task(StageResult result, StageRoute route, RunUpdates updates, int maxInFlight) {
        StagedJob job = result.job();
        return new TaskCompletion(
                job,
                result.runResult(),
                maxInFlight,
                updates::taskCompleted,
                task -> StageMessages.toTask(taskRun(job, task), job),
                next(job, route.next().orElseThrow()));
    }

    private static RunId taskRun(StagedJob job, int task) {
        return new RunId(job.id(), StageName.SEGMENT, task);
    }

    private static NextRun next(StagedJob job, StageName stage) {
        return new NextRun(RunId.ofStage(job.id(), stage), Optional.of(StageMessages.toStage(stage, job)));
    }
}
