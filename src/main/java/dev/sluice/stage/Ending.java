package dev.sluice.stage;

import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.store.Runs;
import dev.sluice.store.StageDone;
import dev.sluice.store.StageDone.Next;
import dev.sluice.store.StageDone.Tasks;
import dev.sluice.store.TaskDone;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A run that went well, with all that follows from it, ready to be committed.
 *
 * @param summary figures for the log
 * @param isLast whether the job is completed with it
 */
record Ending(JsonObject summary, boolean isLast, BiFunction<Runs, Attempt, Future<Boolean>> commit) {

    /** @throws dev.sluice.job.JobFailure MESSAGE_TOO_LARGE when the next stage would not read its message */
    static Ending of(StageResult result, Route route, RunNews news, int inFlight) {
        if (route.name() == StageName.SEGMENT) {
            TaskDone done = ofTask(result, route, news, inFlight);
            return new Ending(result.summary(), false, (runs, attempt) -> runs.commit(attempt, done));
        }
        StageDone done = result.plan()
                .map(plan -> ofPlan(result, plan, news, inFlight))
                .orElseGet(() -> ofWhole(result, route, news));
        return new Ending(result.summary(), route.next().isEmpty(), (runs, attempt) -> runs.commit(attempt, done));
    }

    private static StageDone ofWhole(StageResult result, Route route, RunNews news) {
        StagedJob after = route.next()
                .map(next -> result.job().waitingFor(next))
                .orElseGet(() -> result.job().completed());
        return new StageDone(
                after, result.record(), news.done(after), route.next().map(next -> next(after, next)));
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
