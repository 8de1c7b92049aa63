package dev.sluice.persistence.growing;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.growing.GrowingStreamRepository.GrowingStream;
import dev.sluice.persistence.growing.GrowingStreamRepository.Growth;
import dev.sluice.persistence.job.JobCreation;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class GrowingStreamRepositoryIT {
    private static final JobId JOB = new JobId("j");
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final StagedJob SAMPLE = Samples.job("j");

    private TestDatabase database;
    private GrowingStreamRepository streams;

    @BeforeEach
    void plan(Vertx vertx, TestDatabase newDatabase, Store store) {
        database = newDatabase;
        streams = new GrowingStreamRepository(store.database(), Samples::toOutboxMessage);
        await(store.jobs().create(JobCreation.of(SAMPLE), Samples.again(SAMPLE)));
        plan(store, 1);
        for (int task = 0; task <= 3; task++) {
            database.execute(
                    "INSERT INTO sluice.stage_run (job_id, stage, task) VALUES ('j', 'segment', " + task + ")");
        }
    }

    private static void plan(Store store, int token) {
        await(store.database()
                .transaction(session ->
                        GrowingStreamRepository.create(session, SAMPLE, token).map(Optional::of)));
    }

    private void done(int... tasks) {
        for (int task : tasks) {
            database.execute("UPDATE sluice.stage_run SET state = 'done', result = '{\"stream\": {\"n\": " + task
                    + "}}' WHERE stage = 'segment' AND task = " + task);
        }
    }

    private Optional<Growth> claim() {
        return await(streams.claim(JOB, LEASE, "stream", "until"));
    }

    private List<JobId> behind() {
        return await(streams.findBehind("stream", "until"));
    }

    private static JobUpdate update(GrowingStreamRepository.Progress progress) {
        return JobUpdate.started(
                SAMPLE,
                new JobUpdate.Origin(StageName.SEGMENT, 1, "w"),
                progress.progress(),
                progress.seq(),
                Instant.EPOCH);
    }

    @Test
    void growsToFirstTaskThatIsNotDone() {
        done(1, 2);
        assertThat(behind()).as("the audio is missing").isEmpty();
        assertThat(claim()).as("the audio is missing").isEmpty();

        done(0);
        assertThat(behind()).containsExactly(JOB);
        Growth growth = claim().orElseThrow();

        assertThat(growth.available()).isEqualTo(3);
        assertThat(growth.complete()).isFalse();
        assertThat(growth.tasks())
                .extracting(task -> task.map(JsonObject::encode).orElse(""))
                .containsExactly("{\"n\":0}", "{\"n\":1}", "{\"n\":2}");
    }

    /** The start of the audio, which a checkpoint has, is enough for the first segments. */
    @Test
    void growsToTheEndOfPublishedAudio() {
        done(1, 2, 3);
        database.execute("UPDATE sluice.stage_run SET checkpoint = '{\"stream\": {\"n\": 9}, \"until\": 3}'"
                + " WHERE stage = 'segment' AND task = 0");
        Growth head = claim().orElseThrow();

        assertThat(head.available()).isEqualTo(3);
        assertThat(head.complete()).isFalse();
        assertThat(head.tasks())
                .extracting(task -> task.map(JsonObject::encode).orElse(""))
                .containsExactly("{\"n\":9}", "{\"n\":1}", "{\"n\":2}");
        await(streams.grown(head, Optional.empty()));
        assertThat(behind()).as("more audio is needed").isEmpty();
        assertThat(claim()).as("more audio is needed").isEmpty();

        done(0);
        Growth all = claim().orElseThrow();

        assertThat(all.available()).isEqualTo(4);
        assertThat(all.complete()).isTrue();
        assertThat(all.tasks().get(0).map(JsonObject::encode)).contains("{\"n\":0}");
    }

    @Test
    void oneProcessAtATimeWrites() {
        done(0, 1);
        Growth first = claim().orElseThrow();
        done(2);
        assertThat(claim()).isEmpty();

        await(streams.grown(first, Optional.empty()));
        Growth second = claim().orElseThrow();
        assertThat(second.available()).isEqualTo(3);
        await(streams.grown(first, Optional.empty()));
        assertThat(claim()).as("the first lease has ended").isEmpty();

        await(streams.release(second));
        done(3);
        Growth third = claim().orElseThrow();
        assertThat(third.complete()).isTrue();
        await(streams.grown(third, Optional.empty()));
        assertThat(claim()).as("nothing is new").isEmpty();
    }

    @Test
    void anExpiredLeaseIsClaimedAgainAndItsHolderChangesNothing() {
        done(0, 1);
        Growth lost = claim().orElseThrow();
        database.execute("UPDATE sluice.growing_stream SET lease_until = now() - interval '1 s'");
        assertThat(behind()).containsExactly(JOB);
        Growth taken = claim().orElseThrow();

        await(streams.grown(lost, Optional.of(GrowingStreamRepositoryIT::update)));

        assertThat(database.value("SELECT shown || ' ' || announced FROM sluice.growing_stream"))
                .isEqualTo("0 false");
        await(streams.grown(taken, Optional.of(GrowingStreamRepositoryIT::update)));
        assertThat(database.value("SELECT shown || ' ' || announced FROM sluice.growing_stream"))
                .isEqualTo("2 true");
    }

    @Test
    void announcesWithNextSequenceNumber() {
        done(0, 1);
        database.execute("DELETE FROM sluice.outbox; UPDATE sluice.job SET seq = 41");

        await(streams.grown(claim().orElseThrow(), Optional.of(GrowingStreamRepositoryIT::update)));

        assertThat(database.value("SELECT convert_from(body, 'UTF8')::json ->> 'seq' FROM sluice.outbox"))
                .isEqualTo("42");
        done(2);
        assertThat(claim().orElseThrow().announced()).isTrue();
    }

    @Test
    void streamOfFailedJobIsWithdrawnAtOnceAndForgottenLater(Store store) {
        done(0, 1);
        assertThat(await(streams.findWithdrawable(Optional.of(JOB)))).isEmpty();
        database.execute("UPDATE sluice.job SET state = 'failed', finished_at = now()");

        assertThat(claim()).isEmpty();
        GrowingStream stream = await(streams.findWithdrawable(Optional.of(JOB))).get(0);
        assertThat(stream).isEqualTo(new GrowingStream(JOB, 1, SAMPLE.mediaId(), 0));
        await(streams.markWithdrawn(stream));

        assertThat(await(streams.findWithdrawable(Optional.empty()))).isEmpty();
        assertThat(await(streams.findExpired(Duration.ofHours(1)))).isEmpty();
        assertThat(await(streams.findExpired(Duration.ZERO))).containsExactly(stream);
        await(streams.delete(stream));
        assertThat(await(streams.findExpired(Duration.ZERO))).isEmpty();
    }

    @Test
    void streamInUseIsNotWithdrawn() {
        done(0, 1);
        Growth growth = claim().orElseThrow();
        database.execute("UPDATE sluice.job SET state = 'failed', finished_at = now()");

        assertThat(await(streams.findWithdrawable(Optional.of(JOB)))).isEmpty();
        await(streams.release(growth));
        assertThat(await(streams.findWithdrawable(Optional.of(JOB)))).hasSize(1);
    }

    @Test
    void streamOfEarlierPlanIsWithdrawn(Store store) {
        plan(store, 2);
        done(0, 1);

        assertThat(await(streams.findWithdrawable(Optional.empty())))
                .extracting(GrowingStream::token)
                .containsExactly(1);
        assertThat(claim().orElseThrow().token()).isEqualTo(2);
    }

    /** The process that committed the last task stopped before it wrote the playlists. */
    @Test
    void streamOfCompletedJobEnds() {
        done(0, 1, 2);
        await(streams.grown(claim().orElseThrow(), Optional.of(GrowingStreamRepositoryIT::update)));
        done(3);
        database.execute("DELETE FROM sluice.outbox; UPDATE sluice.job SET state = 'completed', finished_at = now()");
        GrowingStream expired = await(streams.findExpired(Duration.ZERO)).get(0);

        assertThat(behind()).containsExactly(JOB);
        Growth growth = claim().orElseThrow();
        assertThat(growth.complete()).isTrue();
        assertThat(await(streams.findExpired(Duration.ZERO)))
                .as("playlists are being written")
                .isEmpty();
        await(streams.grown(growth, Optional.of(GrowingStreamRepositoryIT::update)));

        assertThat(behind()).isEmpty();
        assertThat(database.value("SELECT count(*) FROM sluice.outbox"))
                .as("no update follows the end")
                .isEqualTo("0");
        await(streams.delete(expired));
        assertThat(await(streams.findExpired(Duration.ZERO)))
                .as("playlists were written since it was found")
                .hasSize(1);
    }

    @Test
    void streamOfCompletedJobIsKeptForAWhile() {
        database.execute("UPDATE sluice.job SET state = 'completed', finished_at = now() - interval '30 min'");

        assertThat(await(streams.findWithdrawable(Optional.empty()))).isEmpty();
        assertThat(await(streams.findExpired(Duration.ofHours(1)))).isEmpty();
        assertThat(await(streams.findExpired(Duration.ofMinutes(29)))).hasSize(1);
    }
}
