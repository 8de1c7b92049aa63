package dev.sluice.persistence.recovery;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.recovery.PartialOutputRepository.PartialOutput;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class PartialOutputRepositoryIT {
    private static final JobException FAILURE = Samples.failure(ErrorCode.STORE_UNAVAILABLE, "The store is away.");

    private static TestDatabase database;
    private static Store store;
    private static PartialOutputRepository partialOutputs;

    @BeforeAll
    static void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        partialOutputs = new PartialOutputRepository(store.database(), store.tables());
    }

    @Test
    void areThoseOfAFailedJobThatBeganToPublish() {
        StagedJob job = publishing("half");
        fail("half");

        assertThat(of("half")).contains(new PartialOutput(job, true));
        assertThat(await(partialOutputs.findUnresolved())).contains(new JobId("half"));
    }

    @Test
    void areNobodysBusinessOnceTheyAreSettled() {
        publishing("settled");
        fail("settled");

        await(partialOutputs.markResolved(new JobId("settled")));

        assertThat(of("settled")).isEmpty();
        assertThat(await(partialOutputs.findUnresolved())).doesNotContain(new JobId("settled"));
    }

    @Test
    void areNotThoseOfAJobThatGoesOn() {
        publishing("goes-on");

        await(partialOutputs.markResolved(new JobId("goes-on")));

        assertThat(of("goes-on")).isEmpty();
        assertThat(database.value("SELECT checkpoint FROM sluice.stage_run WHERE job_id = 'goes-on'"))
                .isNotNull();
    }

    @Test
    void areNotThoseOfAJobThatFailedBeforeItBeganToPublish() {
        claim("not-begun");
        fail("not-begun");

        assertThat(of("not-begun")).isEmpty();
    }

    @Test
    void areNotItsOwnWhereAnotherJobOfTheMediumHasPublishedOrWill() {
        publishing("second");
        fail("second");
        claim("first");
        sameMedium("first", "second");

        assertThat(of("second").orElseThrow().exclusive()).isFalse();

        fail("first");
        assertThat(of("second").orElseThrow().exclusive()).isTrue();
    }

    @Test
    void areNotItsOwnWhereTheUsersTableKnowsACompletedJobOfTheMedium() {
        publishing("later");
        fail("later");

        database.execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"status\")"
                + " VALUES ('before-us', 'media-later', 'COMPLETED')");

        assertThat(of("later").orElseThrow().exclusive()).isFalse();
    }

    private static Optional<PartialOutput> of(String id) {
        return await(partialOutputs.find(new JobId(id)));
    }

    private static StagedJob publishing(String id) {
        Claim claim = claim(id);
        await(store.runs().saveCheckpoint(claim.attempt(), new JsonObject().put("promoting", true)));
        return job(id);
    }

    private static StagedJob job(String id) {
        return Samples.job(id).withOutputs(Samples.outputs());
    }

    private static Claim claim(String id) {
        StagedJob job = job(id);
        return ((ClaimResult.Granted)
                        await(store.runs().claim(Samples.upload(id), job, Samples.again(job), "w1", LEASE)))
                .claim();
    }

    private static void fail(String id) {
        database.execute("UPDATE sluice.stage_run SET state = 'failed' WHERE job_id = '" + id + "';"
                + "UPDATE sluice.job SET state = 'failed', error_code = '"
                + FAILURE.code().wire() + "' WHERE id = '"
                + id + "'");
    }

    private static void sameMedium(String job, String as) {
        database.execute("UPDATE sluice.job SET message = (SELECT message FROM sluice.job WHERE id = '" + as
                + "') WHERE id = '" + job + "'");
    }
}
