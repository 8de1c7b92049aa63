package dev.sluice.pipeline.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.run.StageCompletion.Next;
import dev.sluice.persistence.run.StageCompletion.Tasks;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.encode.SegmentTasks;
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
record RunCompletion(JsonObject summary, Follows follows, BiFunction<RunRepository, Attempt, Future<Boolean>> commit) {
    /** What comes after a run. */
    enum Follows {
        /** The job is completed with it. */
        NOTHING,
        /** The next stage. */
        STAGE,
        /** Tasks, or what is left of them. */
        TASKS
    }

    /** @throws dev.sluice.job.JobException MESSAGE_TOO_LARGE when the next stage would not read its message */
    static RunCompletion of(
            StageResult result, StageRoute route, RunExecutor.Onward onward, RunUpdates news, int inFlight) {
        if (route.name() == StageName.SEGMENT) {
            TaskCompletion done = ofTask(result, route, news, inFlight);
            return new RunCompletion(result.summary(), Follows.TASKS, (runs, attempt) -> runs.commit(attempt, done));
        }
        StageCompletion done = result.plan()
                .map(plan -> ofPlan(result, plan, news, inFlight))
                .orElseGet(() -> ofWhole(result, route, onward, news));
        return new RunCompletion(
                result.summary(), follows(result, route), (runs, attempt) -> runs.commit(attempt, done));
    }

    private static Follows follows(StageResult result, StageRoute route) {
        if (result.plan().isPresent()) {
            return Follows.TASKS;
        }
        return route.next().isEmpty() ? Follows.NOTHING : Follows.STAGE;
    }

    private static StageCompletion ofWhole(
            StageResult result, StageRoute route, RunExecutor.Onward onward, RunUpdates news) {
        StagedJob after = route.next()
                .map(next -> result.job().waitingFor(next))
                .orElseGet(() -> result.job().completed());
        // Made also where it is not sent: what is lost on the way is sent again, and has to be readable then.
        Optional<Next> next = route.next().map(stage -> next(after, stage));
        return new StageCompletion(
                after,
                result.record(),
                news.done(after),
                onward == RunExecutor.Onward.HERE ? next.map(sent -> new Next(sent.run())) : next);
    }

    private static StageCompletion ofPlan(StageResult result, EncodePlan plan, RunUpdates news, int inFlight) {
        StagedJob after = result.job().waitingFor(StageName.SEGMENT);
        Tasks tasks = new Tasks(
                StageName.SEGMENT,
                new SegmentTasks(plan).all(),
                inFlight,
                task -> StageMessages.toTask(task(after, task), after));
        return new StageCompletion(after, result.record(), news.planned(after), Optional.empty(), Optional.of(tasks));
    }

    private static TaskCompletion ofTask(StageResult result, StageRoute route, RunUpdates news, int inFlight) {
        StagedJob job = result.job();
        return new TaskCompletion(
                job,
                result.record(),
                inFlight,
                news::taskDone,
                task -> StageMessages.toTask(task(job, task), job),
                next(job, route.next().orElseThrow()));
    }

    private static RunId task(StagedJob job, int task) {
        return new RunId(job.id(), StageName.SEGMENT, task);
    }

    private static Next next(StagedJob job, StageName stage) {
        return new Next(RunId.whole(job.id(), stage), StageMessages.toStage(stage, job));
    }
}
