package dev.sluice.persistence.db;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class TransactionBatcherIT {
    private TestDatabase database;
    private Store store;
    /** Of all calls of a test: calls during the first transaction share the next one. */
    private Context context;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        context = vertx.getOrCreateContext();
    }

    @Test
    void claimsAndCommitsManyRunsInOneTransaction() {
        List<StagedJob> jobs = jobs(8);

        List<Claim> claims = granted(jobs);
        List<Boolean> committed = commit(claims);

        assertThat(committed).hasSize(8).containsOnly(true);
        assertThat(claims).extracting(claim -> claim.job().id().value()).isEqualTo(ids(jobs));
        assertThat(database.value("SELECT count(DISTINCT xmin::text) FROM sluice.stage_run WHERE state = 'done'"))
                .isEqualTo("2");
        assertThat(steps())
                .isEqualTo(ids(jobs).stream()
                        .map(id -> id + " downloading_video, download_complete")
                        .toList());
        assertThat(database.value(
                        "SELECT count(*) FROM \"VideoProcessingJob\" WHERE \"currentStep\" = 'download_complete'"))
                .isEqualTo("8");
    }

    @Test
    void fencesOffOneOfManyAndCommitsTheOthers() {
        List<Claim> claims = granted(jobs(5));
        database.execute("UPDATE sluice.stage_run SET attempt = attempt + 1 WHERE job_id = 'job-3'");

        List<Boolean> committed = commit(claims);

        assertThat(committed).containsExactly(true, true, true, false, true);
        assertThat(database.value("SELECT string_agg(job_id, ' ') FROM sluice.stage_run WHERE state <> 'done'"))
                .isEqualTo("job-3");
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id LIKE 'job-3/%'"))
                .isEqualTo("1");
    }

    @Test
    void grantsARunOnceThatIsAskedForTwiceAtTheSameTime() {
        List<StagedJob> jobs = Stream.concat(jobs(4).stream(), jobs(4).stream()).toList();

        List<ClaimResult> outcomes = onContext(this::claim, jobs);

        assertThat(IntStream.range(0, 4))
                .allSatisfy(n -> assertThat(List.of(outcomes.get(n), outcomes.get(n + 4)))
                        .hasAtLeastOneElementOfType(ClaimResult.Granted.class)
                        .hasAtLeastOneElementOfType(ClaimResult.LeasedElsewhere.class));
        assertThat(database.value("SELECT string_agg(DISTINCT attempt::text, ' ') FROM sluice.stage_run"))
                .isEqualTo("1");
    }

    @Test
    void goesOnWhereTheUsersTableRefusesOneOfMany() {
        database.execute(
                "ALTER TABLE \"VideoProcessingJob\" ADD CHECK (\"id\" <> 'job-2' OR \"currentStep\" <> 'download_complete')");
        List<Claim> claims = granted(jobs(5));

        List<Boolean> committed = commit(claims);

        assertThat(committed).hasSize(5).containsOnly(true);
        assertThat(database.value(
                        "SELECT \"id\" FROM \"VideoProcessingJob\" WHERE \"currentStep\" <> 'download_complete'"))
                .isEqualTo("job-2");
    }

    @Test
    void commitsTheOthersWhileARowOfOneOfThemIsLocked() throws Exception {
        List<Claim> claims = granted(jobs(5));
        try (Connection locking = database.connect();
                Statement lock = locking.createStatement()) {
            locking.setAutoCommit(false);
            lock.execute("SELECT FROM sluice.job WHERE id = 'job-2' FOR UPDATE");
            List<Future<Boolean>> commits = begin(this::commit, claims);

            List<Boolean> others = await(
                            Future.all(List.of(commits.get(0), commits.get(1), commits.get(3), commits.get(4))))
                    .list();
            boolean heldUp = !commits.get(2).isComplete();
            locking.rollback();

            assertThat(others).containsOnly(true);
            assertThat(heldUp).isTrue();
            assertThat(await(commits.get(2))).isTrue();
        }
    }

    private static List<StagedJob> jobs(int count) {
        return IntStream.range(0, count).mapToObj(n -> Samples.job("job-" + n)).toList();
    }

    private static List<String> ids(List<StagedJob> jobs) {
        return jobs.stream().map(job -> job.id().value()).toList();
    }

    private List<Claim> granted(List<StagedJob> jobs) {
        return onContext(this::claim, jobs).stream()
                .map(result -> ((ClaimResult.Granted) result).claim())
                .toList();
    }

    private Future<ClaimResult> claim(StagedJob job) {
        return store.runs().claim(Samples.download(job.id().value()), job, Samples.again(job), "w1", LEASE);
    }

    private List<Boolean> commit(List<Claim> claims) {
        return onContext(this::commit, claims);
    }

    private Future<Boolean> commit(Claim claim) {
        StagedJob job = claim.job();
        return store.runs()
                .commit(
                        claim.attempt(),
                        new StageCompletion(
                                job,
                                new JsonObject(),
                                Samples.done(job, claim.attempt(), claim.firstSeq() + 1),
                                Optional.empty()));
    }

    private <A, B> List<B> onContext(Function<A, Future<B>> call, List<A> each) {
        return await(Future.all(begin(call, each))).list();
    }

    /** Asks for all of them in one turn of the event loop. */
    private <A, B> List<Future<B>> begin(Function<A, Future<B>> call, List<A> each) {
        List<Promise<B>> answers =
                each.stream().map(one -> Promise.<B>promise()).toList();
        context.runOnContext(turn -> IntStream.range(0, each.size())
                .forEach(n -> call.apply(each.get(n)).onComplete(answers.get(n))));
        return answers.stream().map(Promise::future).toList();
    }

    /** By job, what its updates in the outbox say, in their order. */
    private List<String> steps() {
        return database
                .query(
                        "SELECT ordered_by || ' ' || string_agg(convert_from(body, 'UTF8')::json ->> 'current_step', ', '"
                                + " ORDER BY id) AS steps FROM sluice.outbox GROUP BY ordered_by ORDER BY ordered_by")
                .stream()
                .map(row -> row.get("steps"))
                .toList();
    }
}
