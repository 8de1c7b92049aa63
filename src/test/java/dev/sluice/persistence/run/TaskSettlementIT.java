package dev.sluice.persistence.run;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.control.JobRestart;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.RecordedProgress;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.persistence.run.StageCompletion.NextRun;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import dev.sluice.persistence.run.StageCompletion.TaskBatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class TaskSettlementIT {
    private static final StagedJob JOB = Samples.job("long").forStage(StageName.PROCESSING);
    private static final RunId PROCESSING = RunId.ofStage(JOB.id(), StageName.PROCESSING);
    private static final RunId JOIN = RunId.ofStage(JOB.id(), StageName.JOIN);

    private TestDatabase database;
    private Store store;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
    }

    @Test
    void sendsNextTasksUpToLimitInFlight() {
        plan(5, 2);
        assertThat(sent()).containsExactly("task 0", "task 1");

        Claim first = claim(0);
        commit(first, 2);
        assertThat(sent()).containsExactly("task 0", "task 1", "task 2");

        commit(claim(2), 2);
        commit(claim(1), 2);
        assertThat(sent()).containsExactly("task 0", "task 1", "task 2", "task 3", "task 4");
    }

    @Test
    void sendsJoinOnceWhenTasksCompleteConcurrently() {
        plan(6, 6);
        List<Claim> claims = IntStream.range(0, 6).mapToObj(this::claim).toList();

        Future.all(claims.stream()
                        .map(claim -> store.runs().commit(claim.attempt(), done(6)))
                        .toList())
                .await();

        assertThat(sent().stream().filter("join"::equals)).hasSize(1);
        assertThat(database.value("SELECT count(*) FROM sluice.stage_run WHERE stage = 'join'"))
                .isEqualTo("1");
        assertThat(claim(JOIN)).isInstanceOf(ClaimResult.Granted.class);
    }

    @Test
    void rejectsJoinBeforeAllTasksAreCompleted() {
        plan(2, 2);
        commit(claim(0), 2);

        assertThat(sent()).doesNotContain("join");
        assertThat(claim(JOIN)).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(database.value("SELECT count(*) FROM sluice.stage_run WHERE stage = 'join'"))
                .isEqualTo("0");
    }

    @Test
    void rejectsTasksThatAreNotPlanned() {
        assertThat(claim(new RunId(JOB.id(), StageName.SEGMENT, 0))).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(database.value("SELECT count(*) FROM sluice.job")).isEqualTo("0");

        plan(2, 2);

        assertThat(claim(new RunId(JOB.id(), StageName.SEGMENT, 2))).isInstanceOf(ClaimResult.AlreadyFinished.class);
    }

    @Test
    void computesProgressFromAllTasks() {
        plan(4, 4);
        List<Claim> claims = IntStream.range(0, 4).mapToObj(this::claim).toList();

        List<RecordedProgress> half = await(store.runs()
                .recordProgress(List.of(
                        new ProgressReport(claims.get(0).attempt(), 0, 0.5),
                        new ProgressReport(claims.get(1).attempt(), 0, 0.5))));
        commit(claims.get(0), 4);
        List<RecordedProgress> later = await(store.runs()
                .recordProgress(List.of(new ProgressReport(claims.get(1).attempt(), 0, 0.1))));

        // The tasks are 38 percent of the job: a quarter of them, then 1.5 of 4.
        assertThat(half).extracting(RecordedProgress::progress).containsExactly(30 + 9);
        assertThat(half.get(0).stageProgress().orElseThrow().fraction()).isEqualTo(0.25);
        assertThat(later).extracting(RecordedProgress::progress).containsExactly(30 + 14);
        assertThat(later.get(0).stageProgress().orElseThrow().seq())
                .isGreaterThan(half.get(0).stageProgress().orElseThrow().seq());
    }

    @Test
    void doesNotResendTasksThatAreNotSentYet() {
        plan(3, 1);
        LostMessageRepository messages = new LostMessageRepository(
                store.database(), (run, job) -> Samples.message("", "lost", Buffer.buffer(job), "lost " + run.task()));
        database.execute("DELETE FROM sluice.outbox");
        database.execute("UPDATE sluice.stage_run SET sent_at = now() - interval '1 h' WHERE task = 0");

        Duration overdue = Duration.ofMinutes(5);

        assertThat(await(messages.backlogs(overdue)).get(StageName.SEGMENT))
                .isEqualTo(new LostMessageRepository.Backlog(1, 1));
        assertThat(await(messages.resendUnclaimed(StageName.SEGMENT, overdue, 10)))
                .containsExactly(new RunId(JOB.id(), StageName.SEGMENT, 0));
    }

    @Test
    void fencesTasksOfPreviousPlan() {
        plan(2, 2);
        Claim before = claim(0);
        JobException reason = new JobException(ErrorCode.CANCELLED, "No.");
        await(store.cancellation().cancel(JOB.id(), reason, ended -> Samples.failed(JOB, before.attempt(), reason)));
        await(store.retry().retry(JOB.id(), failed -> new JobRestart(StageName.PROCESSING, JOB, Samples.again(JOB))));
        plan(2, 2);
        Claim after = claim(0);

        assertThat(after.attempt().attemptNumber()).isEqualTo(1);
        assertThat(after.attempt().fencingToken())
                .isGreaterThan(before.attempt().fencingToken());
        assertThat(await(store.runs().commit(before.attempt(), done(2)))).isFalse();
        assertThat(await(store.runs().commit(after.attempt(), done(2)))).isTrue();
    }

    @Test
    void numbersFailureAboveUpdatesOfOtherTasks() {
        plan(2, 2);
        Claim failing = claim(0);
        commit(claim(1), 2);
        JobException failure = new JobException(ErrorCode.NO_FRAMES, "No.");

        assertThat(await(store.runs()
                        .fail(
                                failing.attempt(),
                                failure,
                                Samples.failed(JOB, failing.attempt(), failure),
                                Optional.empty())))
                .isTrue();

        long last = Long.parseLong(database.value("SELECT seq FROM sluice.job"));
        assertThat(database.value("SELECT message_id FROM sluice.outbox ORDER BY id DESC LIMIT 1"))
                .isEqualTo("long/" + last);
    }

    /** Plans tasks of equal weight. */
    private void plan(int tasks, int inFlight) {
        Claim claim = granted(claim(PROCESSING));
        StageCompletion planned = new StageCompletion(
                JOB,
                new JsonObject(),
                Samples.done(JOB, claim.attempt(), claim.firstSeq() + 1),
                Optional.empty(),
                Optional.of(new TaskBatch(
                        StageName.SEGMENT,
                        IntStream.range(0, tasks)
                                .mapToObj(n -> new PlannedTask(n, 1))
                                .toList(),
                        IntStream.range(0, Math.min(tasks, inFlight))
                                .mapToObj(TaskSettlementIT::message)
                                .toList())));
        assertThat(await(store.runs().commit(claim.attempt(), planned))).isTrue();
        database.execute("UPDATE sluice.job SET progress = 30");
    }

    private void commit(Claim claim, int inFlight) {
        assertThat(await(store.runs().commit(claim.attempt(), done(inFlight)))).isTrue();
    }

    private static TaskCompletion done(int inFlight) {
        return new TaskCompletion(
                JOB,
                new JsonObject(),
                inFlight,
                progress -> Samples.done(JOB, new Attempt(PROCESSING, 1, 1), progress.seq()),
                TaskSettlementIT::message,
                new NextRun(JOIN, Optional.of(Samples.message("", "join", MessageCodec.encode(JOB), "join"))));
    }

    private static OutboxMessage message(int task) {
        return Samples.message("", "segments", MessageCodec.encode(JOB), "task " + task);
    }

    private Claim claim(int task) {
        return granted(claim(new RunId(new JobId("long"), StageName.SEGMENT, task)));
    }

    private static Claim granted(ClaimResult result) {
        assertThat(result).isInstanceOf(ClaimResult.Granted.class);
        return ((ClaimResult.Granted) result).claim();
    }

    private ClaimResult claim(RunId run) {
        return await(store.runs().claim(run, JOB, Samples.again(JOB), "w1", LEASE));
    }

    private List<String> sent() {
        return database.query("SELECT message_id FROM sluice.outbox WHERE routing_key <> 'update' ORDER BY id").stream()
                .map(row -> String.valueOf(row.get("message_id")))
                .toList();
    }
}
