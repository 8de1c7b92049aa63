package dev.sluice.pipeline.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Runs;
import dev.sluice.persistence.run.StageDone;
import dev.sluice.persistence.run.StageDone.Next;
import dev.sluice.persistence.run.StageDone.Tasks;
import dev.sluice.persistence.run.TaskDone;
import dev.sluice.routing.Outgoing;
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
record Ending(JsonObject summary, Follows follows, BiFunction<Runs, Attempt, Future<Boolean>> commit) {
    /** What comes after a run. */
    enum Follows {
        /** The job is completed with it. */
        NOTHING,
        /** The next stage. */
        STAGE,
        /** Tasks, or what is left of them. */
        TASKS
    }

    /** @throws dev.sluice.job.JobFailure MESSAGE_TOO_LARGE when the next stage would not read its message */
    static Ending of(StageResult result, Route route, RunFlow.Onward onward, RunNews news, int inFlight) {
        if (route.name() == StageName.SEGMENT) {
            TaskDone done = ofTask(result, route, news, inFlight);
            return new Ending(result.summary(), Follows.TASKS, (runs, attempt) -> runs.commit(attempt, done));
        }
        StageDone done = result.plan()
                .map(plan -> ofPlan(result, plan, news, inFlight))
                .orElseGet(() -> ofWhole(result, route, onward, news));
        return new Ending(result.summary(), follows(result, route), (runs, attempt) -> runs.commit(attempt, done));
    }

    private static Follows follows(StageResult result, Route route) {
        if (result.plan().isPresent()) {
            return Follows.TASKS;
        }
        return route.next().isEmpty() ? Follows.NOTHING : Follows.STAGE;
    }

    private static StageDone ofWhole(StageResult result, Route route, RunFlow.Onward onward, RunNews news) {
        StagedJob after = route.next()
                .map(next -> result.job().waitingFor(next))
                .orElseGet(() -> result.job().completed());
        // Made also where it is not sent: what is lost on the way is sent again, and has to be readable then.
        Optional<Next> next = route.next().map(stage -> next(after, stage));
        return new StageDone(
                after,
                result.record(),
                news.done(after),
                onward == RunFlow.Onward.HERE ? next.map(sent -> new Next(sent.run())) : next);
    }

    private static StageDone ofPlan(StageResult result, EncodePlan plan, RunNews news, int inFlight) {
        StagedJob after = result.job().waitingFor(StageName.SEGMENT);
        Tasks tasks = new Tasks(
                StageName.SEGMENT,
                new SegmentTasks(plan).all(),
                inFlight,
                task -> Outgoing.toTask(task(after, task), after));
        return new StageDone(after, result.record(), news.planned(after), Optional.empty(), Optional.of(tasks));
    }

    private static TaskDone ofTask(StageResult result, Route route, RunNews news, int inFlight) {
        StagedJob job = result.job();
        return new TaskDone(
                job,
                result.record(),
                inFlight,
                news::taskDone,
                task -> Outgoing.toTask(task(job, task), job),
                next(job, route.next().orElseThrow()));
    }

    private static RunId task(StagedJob job, int task) {
        return new RunId(job.id(), StageName.SEGMENT, task);
    }

    private static Next next(StagedJob job, StageName stage) {
        return new Next(RunId.whole(job.id(), stage), Outgoing.toStage(stage, job));
    }
}
