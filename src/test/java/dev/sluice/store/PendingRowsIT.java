package dev.sluice.store;

import static dev.sluice.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.LostMessages.Backlog;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a table as an ORM makes it: a native enum, times without a zone that mean UTC, in a session that does not. */
class PendingRowsIT {
    private static final Duration OVERDUE = Duration.ofMinutes(15);
    private static final int ALL = 100;

    private final TestDatabase database = PostgresFixture.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private Store store;
    private PendingRows pending;

    @BeforeEach
    void open() {
        database.execute("""
                CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
                CREATE TABLE "VideoProcessingJob" (
                    "id" TEXT PRIMARY KEY, "mediaId" TEXT, "userId" TEXT, "s3Key" TEXT, "originalFilename" TEXT,
                    "status" "ProcessingStatus" NOT NULL, "createdAt" TIMESTAMP(3) NOT NULL);
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo'); END $$;
                """);
        store = await(Store.open(vertx, database.config()));
        pending = new PendingRows(
                store.database(),
                store.tables(),
                job -> Samples.message(
                        "video.processing", "download", job.toJson().toBuffer(), job.id() + "/first"));
    }

    @AfterEach
    void close() {
        await(store.close());
        await(vertx.close());
    }

    @Test
    void takesUpWhatWaitsTooLongOldestFirst() {
        row("old", "PENDING", "20 min");
        row("older", "PENDING", "1 day");
        row("young", "PENDING", "10 min");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(3, 2));
        assertThat(await(pending.takeUp(OVERDUE, 1))).containsExactly(Samples.download("older"));
        assertThat(await(pending.takeUp(OVERDUE, ALL))).containsExactly(Samples.download("old"));
        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(1, 0));
        assertThat(database.query("SELECT message_id FROM sluice.outbox ORDER BY id"))
                .containsExactly(Map.of("message_id", "older/first"), Map.of("message_id", "old/first"));
        assertThat(database.value("SELECT state FROM sluice.stage_run WHERE job_id = 'old'"))
                .isEqualTo("waiting");
    }

    @Test
    void leavesWhatSomebodyBeganOrCannotBeMadeAJobOf() {
        row("begun", "PROCESSING", "1 day");
        row("known", "PENDING", "1 day");
        row("no-source", "PENDING", "1 day");
        row("a\nline", "PENDING", "1 day");
        database.execute(
                "INSERT INTO sluice.job (id, message, stage, file_name) VALUES ('known', '{}', 'download', 'k');"
                        + "UPDATE \"VideoProcessingJob\" SET \"s3Key\" = '' WHERE \"id\" = 'no-source'");

        assertThat(await(pending.takeUp(OVERDUE, ALL))).isEmpty();
        assertThat(database.value("SELECT count(*) FROM sluice.outbox")).isEqualTo("0");
    }

    @Test
    void findsNothingInATableThatDoesNotSaySince() {
        row("old", "PENDING", "1 day");
        database.execute("ALTER TABLE \"VideoProcessingJob\" DROP COLUMN \"createdAt\"");
        await(store.close());
        store = await(Store.open(vertx, database.config()));
        PendingRows blind = new PendingRows(store.database(), store.tables(), job -> {
            throw new AssertionError("nothing is sent");
        });

        assertThat(await(blind.count(OVERDUE))).isEqualTo(new Backlog(0, 0));
        assertThat(await(blind.takeUp(OVERDUE, ALL))).isEmpty();
    }

    @Test
    void followsATableThatItsOwnerChangesMeanwhile() {
        row("old", "PENDING", "1 day");
        database.execute("ALTER TABLE \"VideoProcessingJob\" RENAME COLUMN \"s3Key\" TO \"sourceKey\"");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(0, 0));

        database.execute("ALTER TABLE \"VideoProcessingJob\" RENAME COLUMN \"sourceKey\" TO \"s3Key\"");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(1, 1));
    }

    private void row(String id, String status, String age) {
        database.execute(
                "INSERT INTO \"VideoProcessingJob\" VALUES ('" + id + "', 'media', 'user', 'uploads/a.mov', 'a.mov', '"
                        + status + "', (now() AT TIME ZONE 'UTC') - interval '" + age + "')");
    }
}
