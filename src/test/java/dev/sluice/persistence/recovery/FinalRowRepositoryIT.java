package dev.sluice.persistence.recovery;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A backend writes a {@code processing} update after the end of its job. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
class FinalRowRepositoryIT {
    private TestDatabase database;
    private Store store;
    private FinalRowRepository finalRows;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase) {
        database = newDatabase;
        database.execute("CREATE TABLE media (\"id\" text PRIMARY KEY, \"processingStatus\" text,"
                + " \"videoProcessingStatus\" text, \"videoVersions\" jsonb);"
                + " INSERT INTO media (\"id\") VALUES ('media-job')");
        store = await(Store.open(vertx, database.config()));
        finalRows = new FinalRowRepository(store.database(), store.tables());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void restoresRowsOfCompletedJobOnce() {
        complete("job");
        publish();
        assertThat(check("job")).as("before a late write").isFalse();

        publishAgain("job");
        setBack();
        assertThat(await(finalRows.findDue(Duration.ZERO))).containsExactly("job");
        assertThat(check("job")).isTrue();

        assertThat(jobRow())
                .isEqualTo(Map.of(
                        "status", "COMPLETED", "progress", "100", "currentStep", "upload_complete", "ended", "t"));
        assertThat(mediaRow()).isEqualTo(Map.of("status", "COMPLETED", "video", "COMPLETED"));
        assertThat(await(finalRows.findDue(Duration.ZERO))).isEmpty();
        setBack();
        assertThat(check("job")).as("a second check").isFalse();
    }

    @Test
    void restoresProgressThatWasWrittenLate() {
        complete("job");
        publish();
        database.execute("UPDATE \"VideoProcessingJob\" SET \"progress\" = 98");

        assertThat(check("job")).isTrue();

        assertThat(jobRow()).containsEntry("progress", "100").containsEntry("status", "COMPLETED");
    }

    @Test
    void restoresRowOfFailedJob() {
        Claim claim = claim("job");
        JobException failure = Samples.failure(ErrorCode.NOT_A_VIDEO, "No video.");
        await(store.runs()
                .fail(
                        claim.attempt(),
                        failure,
                        Samples.failed(claim.job(), claim.attempt(), failure),
                        Optional.empty()));
        publish();
        database.execute("UPDATE \"VideoProcessingJob\" SET \"status\" = 'PROCESSING', \"errorMessage\" = NULL");

        assertThat(check("job")).isTrue();

        assertThat(jobRow()).containsEntry("status", "FAILED");
        assertThat(database.value("SELECT \"errorMessage\" FROM \"VideoProcessingJob\""))
                .isEqualTo("No video.");
    }

    @Test
    void leavesStatusOfTheOwnerAlone() {
        complete("job");
        publish();
        database.execute("UPDATE \"VideoProcessingJob\" SET \"status\" = 'REJECTED'");

        assertThat(check("job")).isFalse();

        assertThat(jobRow()).containsEntry("status", "REJECTED");
    }

    @Test
    void leavesRowsOfRestartedJobAlone() {
        complete("job");
        publish();
        setBack();
        database.execute("UPDATE sluice.job SET state = 'running'");

        assertThat(check("job")).isFalse();

        assertThat(jobRow()).containsEntry("status", "PROCESSING");
    }

    @Test
    void leavesMediaRowToNewerJob() {
        complete("job");
        publish();
        setBack();
        database.execute("INSERT INTO sluice.job (id, message, stage)"
                + " VALUES ('newer', '{\"mediaId\": \"media-job\"}', 'download')");

        assertThat(check("job")).isTrue();

        assertThat(jobRow()).containsEntry("status", "COMPLETED");
        assertThat(mediaRow()).isEqualTo(Map.of("status", "PROCESSING", "video", "PROCESSING"));
    }

    @Test
    void waitsForTheDelay() {
        complete("job");
        publish();
        setBack();

        assertThat(await(finalRows.findDue(Duration.ofHours(1)))).isEmpty();
        assertThat(await(finalRows.check("job", Duration.ofHours(1)))).isFalse();
        assertThat(jobRow()).containsEntry("status", "PROCESSING");
    }

    private Claim claim(String id) {
        StagedJob job = Samples.job(id);
        ClaimResult result = await(store.runs().claim(Samples.upload(id), job, Samples.again(job), "w", Samples.LEASE));
        return ((ClaimResult.Granted) result).claim();
    }

    private void complete(String id) {
        Claim claim = claim(id);
        await(store.runs()
                .commit(
                        claim.attempt(),
                        new StageCompletion(
                                claim.job(),
                                new JsonObject(),
                                Samples.done(claim.job(), claim.attempt(), claim.firstSeq() + 1),
                                Optional.empty())));
    }

    /** Relays the updates: only what was published can be set back by its reader. */
    private void publish() {
        while (await(store.outbox().relay(10, Duration.ZERO, messages -> Future.succeededFuture())) > 0) {}
    }

    private void publishAgain(String id) {
        database.execute("DELETE FROM sluice.stage_run; DELETE FROM sluice.job; DELETE FROM \"VideoProcessingJob\"");
        complete(id);
        publish();
    }

    private void setBack() {
        database.execute("UPDATE \"VideoProcessingJob\" SET \"status\" = 'PROCESSING', \"progress\" = 80,"
                + " \"currentStep\" = 'uploading_results', \"completedAt\" = NULL;"
                + " UPDATE media SET \"processingStatus\" = 'PROCESSING', \"videoProcessingStatus\" = 'PROCESSING'");
    }

    private boolean check(String job) {
        return await(finalRows.check(job, Duration.ZERO));
    }

    private Map<String, String> jobRow() {
        return database.query("SELECT \"status\", \"progress\", \"currentStep\", \"completedAt\" IS NOT NULL AS ended"
                        + " FROM \"VideoProcessingJob\"")
                .get(0);
    }

    private Map<String, String> mediaRow() {
        return database.query("SELECT \"processingStatus\" AS status, \"videoProcessingStatus\" AS video FROM media")
                .get(0);
    }
}
