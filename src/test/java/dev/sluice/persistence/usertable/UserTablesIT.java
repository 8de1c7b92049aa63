package dev.sluice.persistence.usertable;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class UserTablesIT {
    /** As an ORM of the Node world makes it. */
    private static final String ORM_TABLES = """
            CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
            CREATE TABLE "media" (
                "id" TEXT NOT NULL PRIMARY KEY,
                "s3Key" TEXT NOT NULL,
                "mimeType" TEXT,
                "processingStatus" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
                "videoProcessingStatus" VARCHAR(20),
                "videoThumbnails" JSONB,
                "videoVersions" JSONB[],
                "videoMetadata" JSON,
                "duration" DOUBLE PRECISION,
                "codec" TEXT,
                "bitrate" INTEGER,
                "framerate" INTEGER,
                "updatedAt" TIMESTAMP(3) NOT NULL
            );
            CREATE TABLE "video_processing_jobs" (
                "id" TEXT NOT NULL PRIMARY KEY,
                "mediaId" TEXT NOT NULL REFERENCES "media" ("id"),
                "userId" TEXT NOT NULL,
                "s3Key" TEXT NOT NULL,
                "originalFilename" TEXT NOT NULL,
                "status" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
                "progress" INTEGER NOT NULL DEFAULT 0,
                "currentStep" TEXT,
                "errorMessage" VARCHAR(20),
                "thumbnails" JSONB,
                "videoVersions" JSON,
                "metadata" JSONB,
                "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                "updatedAt" TIMESTAMP(3) NOT NULL,
                "completedAt" TIMESTAMP(3)
            );
            """;

    private TestDatabase postgres;
    private final List<Store> opened = new ArrayList<>();
    private Vertx vertx;

    @BeforeEach
    void start(Vertx newVertx, TestDatabase newDatabase) {
        vertx = newVertx;
        postgres = newDatabase;
    }

    @AfterEach
    void stop() {
        opened.forEach(Store::close);
    }

    @Test
    void returnsIdOfMediaItemAsItsRowHasIt() {
        String id = "0a1b2c3d-0000-4000-8000-00000000abcd";
        postgres.execute("CREATE TABLE media (\"id\" uuid PRIMARY KEY, \"s3Key\" text); INSERT INTO media VALUES ('"
                + id + "', 'uploads/a.mp4')");
        Store store = open(postgres.config("VideoProcessingJob", "media"));
        JobQueryRepository queries = new JobQueryRepository(store.database(), store.tables());

        for (String spelling : List.of(id, id.toUpperCase(Locale.ROOT), "{" + id + "}", id.replace("-", ""))) {
            assertThat(await(queries.media(spelling)).orElseThrow().id()).isEqualTo(id);
        }
    }

    @Test
    void fillsATableOfAnOrmWithItsNativeEnum() {
        postgres.execute(ORM_TABLES);
        postgres.execute("""
                INSERT INTO "media" ("id", "s3Key", "updatedAt") VALUES ('media-1', 'uploads/a.mov', 'epoch');
                INSERT INTO "video_processing_jobs" ("id", "mediaId", "userId", "s3Key", "originalFilename", "updatedAt")
                VALUES ('1', 'media-1', 'user-1', 'uploads/a.mov', 'a.mov', 'epoch')
                """);
        Store store = open(postgres.config("video_processing_jobs", "media"));

        complete(store, "1");

        Map<String, String> row = row("video_processing_jobs");
        assertThat(row)
                .containsEntry("status", "COMPLETED")
                .containsEntry("progress", "100")
                .containsEntry("currentStep", "upload_complete");
        assertThat(new JsonArray(row.get("videoVersions")).getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("quality", "360p")
                        .put("s3_key", "videos/m_360p.mp4")
                        .put("s3Key", "videos/m_360p.mp4")
                        .put("width", 640)
                        .put("height", 360)
                        .put("file_size", 1000)
                        .put("fileSize", 1000));
        assertThat(new JsonArray(row.get("thumbnails")).getJsonObject(0).getString("s3_key"))
                .isEqualTo("thumbnails/m_0.jpg");
        assertThat(new JsonObject(row.get("metadata")).getString("codec")).isEqualTo("h264");
        assertThat(postgres.value("SELECT \"completedAt\" BETWEEN (now() AT TIME ZONE 'UTC') - interval '5 minutes'"
                        + " AND (now() AT TIME ZONE 'UTC') AND \"updatedAt\" >= \"completedAt\""
                        + " FROM \"video_processing_jobs\""))
                .isEqualTo("t");
        assertThat(row("media"))
                .containsEntry("processingStatus", "COMPLETED")
                .containsEntry("videoProcessingStatus", "COMPLETED")
                .containsEntry("duration", "12.5")
                .containsEntry("codec", "h264")
                .containsEntry("bitrate", "2500000")
                .containsEntry("framerate", "30")
                .containsEntry("s3Key", "uploads/a.mov")
                .containsEntry("videoVersions", null);
        assertThat(new JsonArray(row("media").get("videoThumbnails"))).hasSize(1);
    }

    @Test
    void makesTheRowOfAJobInATableOfAnOrm() {
        postgres.execute(ORM_TABLES);
        postgres.execute("INSERT INTO \"media\" (\"id\", \"s3Key\", \"updatedAt\") VALUES ('media-1', 'k', 'epoch')");
        Store store = open(postgres.config("video_processing_jobs", "media"));

        await(store.jobs()
                .create(JobCreation.of(Samples.job("1")), Samples.message("e", "k", Buffer.buffer("{}"), "first")));

        assertThat(row("video_processing_jobs"))
                .containsEntry("status", "PENDING")
                .containsEntry("currentStep", "job_created")
                .containsEntry("userId", "user-1");
    }

    @Test
    void goesOnWhereTheTableRefusesTheRow() {
        postgres.execute(ORM_TABLES);
        Store store = open(postgres.config("video_processing_jobs", "media"));

        complete(store, "no-such-media");

        assertThat(postgres.query("SELECT * FROM \"video_processing_jobs\"")).isEmpty();
        assertThat(await(store.jobs().find(Samples.job("no-such-media").id()))
                        .orElseThrow()
                        .state())
                .isEqualTo(JobStatus.State.COMPLETED);
        assertThat(postgres.value("SELECT count(*) FROM sluice.outbox WHERE ordered_by = 'no-such-media'"))
                .isEqualTo("2");
    }

    @Test
    void cutsWhatDoesNotFitAndTellsWhyAJobFailed() {
        postgres.execute(ORM_TABLES);
        postgres.execute("INSERT INTO \"media\" (\"id\", \"s3Key\", \"updatedAt\") VALUES ('media-1', 'k', 'epoch')");
        Store store = open(postgres.config("video_processing_jobs", "media"));
        StagedJob job = Samples.job("1");
        Claim claim = claim(store, job);
        JobException failure = new JobException(ErrorCode.NOT_A_VIDEO, "This is a text, not a video.");

        boolean failed = await(store.runs()
                .fail(claim.attempt(), failure, Samples.failed(job, claim.attempt(), failure), Optional.empty()));

        assertThat(failed).isTrue();
        assertThat(row("video_processing_jobs"))
                .containsEntry("status", "FAILED")
                .containsEntry("errorMessage", "This is a text, not ")
                .containsEntry("completedAt", null);
        assertThat(row("media")).containsEntry("processingStatus", "PENDING");
    }

    @Test
    void writesOnlyTheColumnsThatAreThere() {
        postgres.execute(
                "CREATE SCHEMA app; CREATE TABLE app.\"my \"\"jobs\" (\"id\" uuid PRIMARY KEY, \"status\" text)");
        Store store = open(postgres.config("app.my \"jobs", ""));
        String id = "6a1f3c1e-7a55-4a0a-9c0e-6f5d7a1f0001";

        complete(store, id);

        assertThat(postgres.query("SELECT * FROM app.\"my \"\"jobs\""))
                .containsExactly(Map.of("id", id, "status", "COMPLETED"));
    }

    @Test
    void fillsTextColumnsInPlaceOfJsonAndTimes() {
        postgres.execute("""
                CREATE TABLE jobs ("id" varchar(255) PRIMARY KEY, "status" varchar(10), "progress" text,
                                   "videoVersions" text, "metadata" text, "completedAt" text)
                """);
        Store store = open(postgres.config("jobs", "media"));

        complete(store, "1");

        assertThat(row("jobs")).containsEntry("progress", "100");
        assertThat(new JsonArray(row("jobs").get("videoVersions"))).hasSize(1);
        assertThat(row("jobs").get("completedAt")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void noticesThatTheTableChangedMeanwhile() {
        Store store = open(postgres.config());
        StagedJob job = Samples.job("1").forStage(StageName.UPLOAD);
        Claim claim = claim(store, job);
        postgres.execute("ALTER TABLE \"VideoProcessingJob\" DROP COLUMN \"metadata\"");

        boolean committed = await(store.runs().commit(claim.attempt(), completion(job, claim)));

        assertThat(committed).isTrue();
        assertThat(row("VideoProcessingJob")).containsEntry("status", "COMPLETED");
    }

    @Test
    void makesTheJobTableOnceWhenHostsStartTogether() {
        var together = java.util.stream.IntStream.range(0, 4)
                .mapToObj(host -> Store.open(vertx, postgres.config()))
                .toList();

        together.forEach(store -> opened.add(await(store)));

        assertThat(postgres.value("SELECT count(*) FROM pg_tables WHERE tablename = 'VideoProcessingJob'"))
                .isEqualTo("1");
        assertThat(postgres.value("SELECT count(*) > 0 AND count(*) = count(DISTINCT version)"
                        + " FROM sluice.schema_history WHERE version IS NOT NULL"))
                .as("each migration, once")
                .isEqualTo("t");
    }

    @Test
    void saysThatTheJobTableCannotBeMade() {
        JobException failure = failureOf(Store.open(vertx, postgres.config("nowhere.jobs", "media")));

        assertThat(failure.message())
                .isEqualTo("The job table \"nowhere\".\"jobs\" does not exist and cannot be created:"
                        + " schema \"nowhere\" does not exist.");
    }

    @Test
    void saysThatATableIsNoJobTable() {
        postgres.execute("CREATE TABLE wrong (name text)");

        JobException failure = failureOf(Store.open(vertx, postgres.config("wrong", "media")));

        assertThat(failure.message()).isEqualTo("The job table \"wrong\" has no column \"id\".");
    }

    @Test
    void waitsOnlySoLongForARowThatSomebodyElseHolds() throws Exception {
        Store store = open(postgres.config());
        StagedJob job = Samples.job("1").forStage(StageName.UPLOAD);
        Claim claim = claim(store, job);

        try (Connection lockHolder = postgres.connect()) {
            lockHolder.setAutoCommit(false);
            lockHolder.createStatement().execute("UPDATE \"VideoProcessingJob\" SET \"progress\" = 1");
            JobException failure = failureOf(store.runs().commit(claim.attempt(), completion(job, claim)));

            assertThat(failure.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        }
        assertThat(await(store.runs().commit(claim.attempt(), completion(job, claim))))
                .isTrue();
    }

    private Store open(PostgresConfig config) {
        Store store = await(Store.open(vertx, config));
        opened.add(store);
        return store;
    }

    private static void complete(Store store, String id) {
        StagedJob job = Samples.job(id).forStage(StageName.UPLOAD);
        Claim claim = claim(store, job);
        assertThat(await(store.runs().commit(claim.attempt(), completion(job, claim))))
                .isTrue();
    }

    private static StageCompletion completion(StagedJob job, Claim claim) {
        return new StageCompletion(
                job.withOutputs(Samples.outputs()).completed(),
                new JsonObject(),
                Samples.done(job, claim.attempt(), claim.firstSeq() + 1),
                Optional.empty());
    }

    private static Claim claim(Store store, StagedJob job) {
        ClaimResult result =
                await(store.runs().claim(Samples.upload(job.id().value()), job, Samples.again(job), "w1", LEASE));
        return ((ClaimResult.Granted) result).claim();
    }

    private Map<String, String> row(String table) {
        List<Map<String, String>> rows = postgres.query("SELECT * FROM " + TableName.quote(table));
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
