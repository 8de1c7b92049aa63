package dev.sluice.persistence.recovery;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class LostMessageRepositoryIT {
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(15);

    private TestDatabase database;
    private Store store;
    private LostMessageRepository messages;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        messages = new LostMessageRepository(
                store.database(),
                (run, job) ->
                        Samples.message("video.processing", run.stage().key(), Buffer.buffer(job), run + "/lost"));
    }

    @Test
    void sendsARunAgainWhoseWorkerWentSilentOnceForEachLease() {
        claim("silent");
        claim("alive");
        leaseOf("silent", "now() - interval '3 s'", "now() - interval '15 s'");

        List<RunId> first = await(messages.resendExpired(SILENCE, LONG));
        List<RunId> second = await(messages.resendExpired(SILENCE, LONG));

        assertThat(first).containsExactly(Samples.download("silent"));
        assertThat(second).isEmpty();
        assertThat(sent("silent/download/0/lost"))
                .isEqualTo(Samples.job("silent").toJson());
    }

    @Test
    void leavesToTheBrokerWhatItDeliversAgainByItself() {
        claim("put-off");
        ClaimResult held = await(store.runs()
                .claim(
                        Samples.download("put-off"),
                        Samples.job("put-off"),
                        Samples.again(Samples.job("put-off")),
                        "w2",
                        LEASE));
        database.execute("UPDATE sluice.stage_run SET lease_until = now() - interval '3 s',"
                + " sent_at = now() - interval '3 s' WHERE job_id = 'put-off'");

        assertThat(held).isInstanceOf(ClaimResult.LeasedElsewhere.class);
        assertThat(await(messages.resendExpired(SILENCE, LONG))).isEmpty();
    }

    @Test
    void triesOnceMoreWhenEvenThatWasLost() {
        claim("silent");
        leaseOf("silent", "now() - interval '1 hour'", "now() - interval '30 min'");

        assertThat(await(messages.resendExpired(SILENCE, LONG))).containsExactly(Samples.download("silent"));
    }

    @Test
    void countsAndSendsWhatNobodyClaimedOldestFirst() {
        for (String id : List.of("old", "older", "new")) {
            create(id);
        }
        database.execute("DELETE FROM sluice.outbox");
        sentAt("old", "now() - interval '20 min'");
        sentAt("older", "now() - interval '30 min'");

        Map<StageName, LostMessageRepository.Backlog> waiting = await(messages.backlogs(LONG));
        List<RunId> sent = await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 1));

        assertThat(waiting).containsExactly(Map.entry(StageName.DOWNLOAD, new LostMessageRepository.Backlog(3, 2)));
        assertThat(sent).containsExactly(Samples.download("older"));
        assertThat(await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 10)))
                .containsExactly(Samples.download("old"));
        assertThat(await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 10)))
                .isEmpty();
    }

    @Test
    void resendsLargeMessagesInSeveralTransactions() {
        int messageBytes = 900_000;
        int jobs = 7;
        for (int i = 0; i < jobs; i++) {
            create("large-" + i);
            sentAt("large-" + i, "now() - interval '" + (40 - i) + " min'");
        }
        database.execute("UPDATE sluice.job SET message = (message::jsonb || jsonb_build_object('note', repeat('x', "
                + messageBytes + ")))::json");
        database.execute("DELETE FROM sluice.outbox");

        List<RunId> first = await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 100));
        List<RunId> second = await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 100));

        assertThat(first)
                .hasSize(1 + LostMessageRepository.BATCH_BYTES / messageBytes)
                .contains(Samples.download("large-0"));
        assertThat(second).hasSize(jobs - first.size()).doesNotContainAnyElementsOf(first);
        assertThat(await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 100)))
                .isEmpty();
    }

    @Test
    void takesNothingForLostThatStillHasToBeSent() {
        create("unsent");
        sentAt("unsent", "now() - interval '30 min'");
        database.execute("UPDATE sluice.outbox SET publish_after = now() - interval '20 min'");

        assertThat(await(messages.resendUnclaimed(StageName.DOWNLOAD, LONG, 10)))
                .isEmpty();
    }

    @Test
    void knowsTheRunThatANextStageOwes() {
        Claim claim = claim("next");
        StagedJob after = Samples.job("next").forStage(StageName.PROCESSING);
        await(store.runs()
                .commit(
                        claim.attempt(),
                        new StageCompletion(
                                after,
                                new JsonObject(),
                                Samples.done(after, claim.attempt(), claim.firstSeq() + 1),
                                java.util.Optional.of(new StageCompletion.NextRun(
                                        RunId.ofStage(new JobId("next"), StageName.PROCESSING),
                                        java.util.Optional.of(Samples.again(after)))))));
        database.execute("DELETE FROM sluice.outbox");
        sentAt("next", "now() - interval '30 min'");

        List<RunId> sent = await(messages.resendUnclaimed(StageName.PROCESSING, LONG, 10));

        assertThat(sent).containsExactly(RunId.ofStage(new JobId("next"), StageName.PROCESSING));
        assertThat(sent("next/processing/0/lost")).isEqualTo(after.toJson());
    }

    private void create(String id) {
        StagedJob job = Samples.job(id);
        await(store.jobs().create(JobCreation.of(job), Samples.again(job)));
    }

    private Claim claim(String id) {
        StagedJob job = Samples.job(id);
        ClaimResult result = await(store.runs().claim(Samples.download(id), job, Samples.again(job), "w1", LEASE));
        return ((ClaimResult.Granted) result).claim();
    }

    private void leaseOf(String job, String until, String sent) {
        database.execute("UPDATE sluice.stage_run SET lease_until = " + until + ", sent_at = " + sent
                + " WHERE job_id = '" + job + "'");
    }

    private void sentAt(String job, String time) {
        database.execute("UPDATE sluice.stage_run SET sent_at = " + time + " WHERE job_id = '" + job + "'");
    }

    private JsonObject sent(String messageId) {
        return new JsonObject(Buffer.buffer(database.value(
                "SELECT convert_from(body, 'UTF8') FROM sluice.outbox WHERE message_id = '" + messageId + "'")));
    }
}
