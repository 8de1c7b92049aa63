package dev.sluice.persistence.recovery;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.job.RunId;
import dev.sluice.persistence.PostgresFixture;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.recovery.LostMessageRepository.Backlog;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** In a table as an ORM makes it: a native enum, times without a zone that mean UTC, in a session that does not. */
class PendingJobRepositoryIT {
    private static final Duration OVERDUE = Duration.ofMinutes(15);
    private static final int ALL = 100;
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(PendingJobRepository.class);

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final TestDatabase database = PostgresFixture.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private Store store;
    private PendingJobRepository pending;

    @BeforeEach
    void open() {
        lines.start();
        LOG.addAppender(lines);
        database.execute("""
                CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
                CREATE TABLE "VideoProcessingJob" (
                    "id" TEXT PRIMARY KEY, "mediaId" TEXT, "userId" TEXT, "s3Key" TEXT, "originalFilename" TEXT,
                    "status" "ProcessingStatus" NOT NULL, "createdAt" TIMESTAMP(3) NOT NULL);
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo'); END $$;
                """);
        store = await(Store.open(vertx, database.config()));
        pending = new PendingJobRepository(
                store.database(),
                store.tables(),
                job -> Samples.message(
                        "video.processing", "download", job.toJson().toBuffer(), job.id() + "/first"));
    }

    @AfterEach
    void close() {
        LOG.detachAppender(lines);
        await(store.close());
        await(vertx.close());
    }

    @Test
    void takesUpWhatWaitsTooLongOldestFirst() {
        row("old", "PENDING", "20 min");
        row("older", "PENDING", "1 day");
        row("young", "PENDING", "10 min");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(3, 2));
        assertThat(await(pending.adopt(OVERDUE, 1))).containsExactly(Samples.download("older"));
        assertThat(await(pending.adopt(OVERDUE, ALL))).containsExactly(Samples.download("old"));
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

        assertThat(await(pending.adopt(OVERDUE, ALL))).isEmpty();
        assertThat(database.value("SELECT count(*) FROM sluice.outbox")).isEqualTo("0");
    }

    @Test
    void findsNothingInATableThatDoesNotSaySince() {
        row("old", "PENDING", "1 day");
        database.execute("ALTER TABLE \"VideoProcessingJob\" DROP COLUMN \"createdAt\"");
        await(store.close());
        store = await(Store.open(vertx, database.config()));
        PendingJobRepository blind = new PendingJobRepository(store.database(), store.tables(), job -> {
            throw new AssertionError("nothing is sent");
        });

        assertThat(await(blind.count(OVERDUE))).isEqualTo(new Backlog(0, 0));
        assertThat(await(blind.adopt(OVERDUE, ALL))).isEmpty();
    }

    @Test
    void followsATableThatItsOwnerChangesMeanwhile() {
        row("old", "PENDING", "1 day");
        database.execute("ALTER TABLE \"VideoProcessingJob\" RENAME COLUMN \"s3Key\" TO \"sourceKey\"");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(0, 0));

        database.execute("ALTER TABLE \"VideoProcessingJob\" RENAME COLUMN \"sourceKey\" TO \"s3Key\"");

        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(1, 1));
    }

    @Test
    void getsPastRowsThatNoWorkerCouldReadAndNamesEachOnce() {
        database.execute(
                "INSERT INTO \"VideoProcessingJob\" SELECT 'bad-' || n, repeat('m', 256), 'user', 'uploads/a.mov',"
                        + " 'a.mov', 'PENDING', now() AT TIME ZONE 'UTC' - interval '2 days' FROM generate_series(1, 250) n");
        row("blank", "PENDING", "2 days");
        database.execute("UPDATE \"VideoProcessingJob\" SET \"userId\" = ' ' WHERE \"id\" = 'blank'");
        row("good", "PENDING", "1 day");

        List<RunId> taken = await(pending.adopt(OVERDUE, 1));
        List<String> warned = warnings();

        assertThat(taken).containsExactly(Samples.download("good"));
        assertThat(warned)
                .hasSize(251)
                .anyMatch(line -> line.contains("blank") && line.contains("'userId' is missing or empty"))
                .anyMatch(line -> line.contains("bad-1") && line.contains("'mediaId' has 256 characters"));
        assertThat(await(pending.count(OVERDUE))).isEqualTo(new Backlog(0, 0));
        assertThat(await(pending.adopt(OVERDUE, ALL))).isEmpty();
        assertThat(warnings()).hasSize(251);
    }

    @Test
    void looksAgainAtARowThatItsOwnerMended() {
        row("mended", "PENDING", "1 day");
        database.execute("UPDATE \"VideoProcessingJob\" SET \"userId\" = ' '");

        assertThat(await(pending.adopt(OVERDUE, ALL))).isEmpty();
        database.execute("UPDATE \"VideoProcessingJob\" SET \"userId\" = 'user'");

        assertThat(await(pending.adopt(OVERDUE, ALL))).containsExactly(Samples.download("mended"));
    }

    @Test
    void asksSoThatAnIndexOnTheStatusCanServeIt() {
        database.execute("""
                CREATE INDEX by_status ON "VideoProcessingJob" ("status");
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$;
                """);

        SqlStatement count = await(
                        store.tables().pendingJobs().countUntracked(store.database(), OVERDUE.toSeconds(), new Long[0]))
                .orElseThrow();

        assertThat(database.query("EXPLAIN " + count.sql().replace("$1", "900").replace("$2", "'{}'")))
                .anyMatch(line -> line.values().toString().contains("by_status"));
    }

    @Test
    void saysOnceWhatItMissesInATableThatDoesNotServeIt() {
        database.execute("ALTER TABLE \"VideoProcessingJob\" DROP COLUMN \"createdAt\", DROP COLUMN \"s3Key\"");

        await(pending.count(OVERDUE));
        await(pending.count(OVERDUE));

        assertThat(warnings()).singleElement().asString().contains("s3Key, createdAt");
    }

    private List<String> warnings() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(line -> line.getMessage() + " " + line.getKeyValuePairs())
                .toList();
    }

    private void row(String id, String status, String age) {
        database.execute(
                "INSERT INTO \"VideoProcessingJob\" VALUES ('" + id + "', 'media', 'user', 'uploads/a.mov', 'a.mov', '"
                        + status + "', (now() AT TIME ZONE 'UTC') - interval '" + age + "')");
    }
}
