package dev.sluice.persistence.job;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.ClaimResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests become jobs once, and a bad one says nothing of a job that somebody has begun with. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
class RequestRepositoryIT {
    private static final StagedJob JOB = Samples.job("asked");

    private TestDatabase database;
    private Store store;
    private RequestRepository requests;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        requests = new RequestRepository(store.database(), store.tables(), Samples::toOutboxMessage);
    }

    @Test
    void makeOneJobHoweverOftenTheyComeAtOnce() {
        List<Future<Boolean>> three = Stream.generate(() -> requests.accept(JOB, Samples.again(JOB)))
                .limit(3)
                .toList();

        await(Future.all(three));

        assertThat(three.stream().filter(Future::result)).hasSize(1);
        assertThat(count("sluice.job")).isEqualTo("1");
        assertThat(count("sluice.outbox")).isEqualTo("1");
        assertThat(database.query("SELECT stage, state FROM sluice.stage_run"))
                .containsExactly(Map.of("stage", "download", "state", "waiting"));
        assertThat(status()).isEqualTo("PENDING");
    }

    @Test
    void leaveAJobAloneThatHasEnded() {
        await(requests.accept(JOB, Samples.again(JOB)));
        ClaimResult.Granted claimed = (ClaimResult.Granted)
                await(store.runs().claim(Samples.download("asked"), JOB, Samples.again(JOB), "w", Samples.LEASE));
        Attempt attempt = claimed.claim().attempt();
        JobException failure = new JobException(ErrorCode.NO_FRAMES, "No frame.");
        await(store.runs().fail(attempt, failure, Samples.failed(JOB, attempt, failure), Optional.empty()));
        String before = count("sluice.outbox");

        assertThat(await(requests.accept(JOB, Samples.again(JOB)))).isFalse();

        assertThat(count("sluice.outbox")).isEqualTo(before);
        assertThat(status()).isEqualTo("FAILED");
    }

    @Test
    void areAnsweredWhereTheirJobWaitsForItsFirstWorker() {
        database.execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"status\") VALUES ('asked', 'PENDING')");

        assertThat(await(requests.reject(letter(), Optional.of(refusal())))).isTrue();

        assertThat(count("sluice.outbox")).isEqualTo("2");
        assertThat(count("sluice.job")).isEqualTo("0");
        assertThat(status()).isEqualTo("FAILED");
    }

    @Test
    void areAnsweredWhereThereIsNoRow() {
        assertThat(await(requests.reject(letter(), Optional.of(refusal())))).isTrue();

        assertThat(count("sluice.outbox")).isEqualTo("2");
        assertThat(count("\"VideoProcessingJob\"")).isEqualTo("0");
    }

    @Test
    void areOnlySetAsideWhereSomebodyHasBegun() {
        database.execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"status\") VALUES ('asked', 'PROCESSING')");

        assertThat(await(requests.reject(letter(), Optional.of(refusal())))).isFalse();

        assertThat(count("sluice.outbox")).isEqualTo("1");
        assertThat(status()).isEqualTo("PROCESSING");
    }

    @Test
    void areOnlySetAsideWhereTheJobIsOneOfOurs() {
        await(requests.accept(JOB, Samples.again(JOB)));

        assertThat(await(requests.reject(letter(), Optional.of(refusal())))).isFalse();

        assertThat(status()).isEqualTo("PENDING");
        assertThat(count("sluice.outbox")).isEqualTo("2");
    }

    @Test
    void canBeMendedAndSentAgain() {
        await(requests.reject(letter(), Optional.of(refusal())));

        assertThat(await(requests.accept(JOB, Samples.again(JOB)))).isTrue();
    }

    private String count(String table) {
        return database.value("SELECT count(*) FROM " + table);
    }

    private String status() {
        return database.value("SELECT \"status\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'asked'");
    }

    private static OutboxMessage letter() {
        return Samples.message("", "video.processing.dead", Buffer.buffer("{}"), "letter");
    }

    private static JobUpdate refusal() {
        Attempt none = new Attempt(Samples.download("asked"), 0, 1);
        JobUpdate failed =
                Samples.failed(JOB, none, new JobException(ErrorCode.INVALID_MESSAGE, "A field is missing."));
        assertThat(failed.origin().stage()).isEqualTo(StageName.DOWNLOAD);
        return failed.withSeq(0);
    }
}
