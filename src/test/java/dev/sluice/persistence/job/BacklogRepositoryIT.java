package dev.sluice.persistence.job;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.job.BacklogRepository.StageBacklog;
import dev.sluice.persistence.job.WaitingReason.Kind;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class BacklogRepositoryIT {
    private static final StageBacklog NONE = new StageBacklog(0, 0, 0, 0, 0);

    private TestDatabase database;
    private BacklogRepository repository;
    private RunStatusRepository runs;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store store) {
        database = newDatabase;
        repository = new BacklogRepository(store.database());
        runs = new RunStatusRepository(store.database());
        for (String id : List.of("waiting", "running", "expired", "delayed", "held", "cancelled", "next")) {
            await(store.jobs().create(JobCreation.of(Samples.job(id)), Samples.again(Samples.job(id))));
        }
        database.execute("DELETE FROM sluice.outbox");
        run("waiting", "sent_at = now() - interval '100 s'");
        run("running", "state = 'running', lease_until = now() + interval '1 hour'");
        run("expired", "state = 'running', lease_until = now() - interval '1 s'");
        run("delayed", "sent_at = now() + interval '1 hour'");
        run("held", "sent_at = 'infinity'");
        run("next", "state = 'done'");
        database.execute("UPDATE sluice.job SET state = 'failed' WHERE id = 'cancelled'");
        // Of two later stages only the first is due.
        database.execute("INSERT INTO sluice.stage_run (job_id, stage, task) VALUES"
                + " ('next', 'processing', 0), ('next', 'upload', 0)");
    }

    private void run(String job, String changes) {
        database.execute("UPDATE sluice.stage_run SET " + changes + " WHERE job_id = '" + job + "'");
    }

    @Test
    void countsRunsOfUnfinishedJobsByStage() {
        Map<StageName, StageBacklog> stages = await(repository.stages());

        StageBacklog download = stages.get(StageName.DOWNLOAD);
        assertThat(download).isEqualTo(new StageBacklog(2, 1, 1, 1, download.oldestWaitingSeconds()));
        assertThat(download.oldestWaitingSeconds()).isBetween(100.0, 1000.0);
        assertThat(stages.get(StageName.PROCESSING).waiting()).isEqualTo(1);
        assertThat(stages)
                .containsEntry(StageName.UPLOAD, NONE)
                .containsEntry(StageName.SEGMENT, NONE)
                .containsEntry(StageName.JOIN, NONE);
    }

    @Test
    void countsRunsCompletedInTheLastSeconds() {
        run("next", "finished_at = now() - interval '5 s'");
        run("running", "finished_at = now() - interval '5 s'");

        assertThat(await(repository.finished(Duration.ofSeconds(600))))
                .containsExactly(Map.entry(StageName.DOWNLOAD, 1L));
        assertThat(await(repository.finished(Duration.ofSeconds(1)))).isEmpty();
    }

    @Test
    void tellsWhyJobsWait() {
        database.execute("INSERT INTO sluice.paused_stage (stage, paused_by) VALUES ('processing', 'test')");
        run("expired", "state = 'waiting', sent_at = now() - interval '50 s'");

        Map<JobId, WaitingReason> reasons = await(runs.waitingReasons(
                Stream.of("waiting", "expired", "delayed", "held", "next", "none")
                        .map(JobId::new)
                        .toList(),
                true));

        assertThat(reasons)
                .containsOnlyKeys(
                        new JobId("waiting"),
                        new JobId("expired"),
                        new JobId("delayed"),
                        new JobId("held"),
                        new JobId("next"));
        assertThat(reasons.get(new JobId("waiting")))
                .isEqualTo(new WaitingReason(StageName.DOWNLOAD, Kind.QUEUED, Optional.of(0L), Optional.empty()));
        assertThat(reasons.get(new JobId("expired")))
                .isEqualTo(new WaitingReason(StageName.DOWNLOAD, Kind.QUEUED, Optional.of(1L), Optional.empty()));
        assertThat(reasons.get(new JobId("held")))
                .isEqualTo(new WaitingReason(StageName.DOWNLOAD, Kind.HELD, Optional.empty(), Optional.empty()));
        assertThat(reasons.get(new JobId("next")))
                .as("the first of two later stages")
                .extracting(WaitingReason::stage, WaitingReason::kind)
                .containsExactly(StageName.PROCESSING, Kind.PAUSED);
        WaitingReason delayed = reasons.get(new JobId("delayed"));
        assertThat(delayed.kind()).isEqualTo(Kind.DELAYED);
        assertThat(delayed.until())
                .hasValueSatisfying(until -> assertThat(until).isAfter(Instant.now()));
        database.execute("DELETE FROM sluice.paused_stage");
    }

    /** The query of an autoscaler: one number, also without work. */
    @Test
    void hasOneRowForEachStage() {
        database.execute("DELETE FROM sluice.job");

        assertThat(database.query("SELECT stage, waiting + running AS work FROM sluice.stage_backlog"))
                .containsExactly(
                        Map.of("stage", "download", "work", "0"),
                        Map.of("stage", "processing", "work", "0"),
                        Map.of("stage", "segment", "work", "0"),
                        Map.of("stage", "join", "work", "0"),
                        Map.of("stage", "upload", "work", "0"));
    }

    @Test
    void measuresLagOfOutboxByDueMessagesOnly() {
        assertThat(await(repository.outbox())).isEqualTo(new BacklogRepository.OutboxBacklog(0, 0));

        database.execute(
                "INSERT INTO sluice.outbox (exchange, routing_key, body, headers, message_id, publish_after)"
                        + " VALUES ('', 'q', '', '{}', '1', now() - interval '50 s'), ('', 'q', '', '{}', '2', now() + interval '1 h')");

        BacklogRepository.OutboxBacklog outbox = await(repository.outbox());
        assertThat(outbox.messages()).isEqualTo(2);
        assertThat(outbox.lagSeconds()).isBetween(50.0, 500.0);
    }
}
