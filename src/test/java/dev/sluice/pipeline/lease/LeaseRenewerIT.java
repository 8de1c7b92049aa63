package dev.sluice.pipeline.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.config.DeliveryConfig.FailurePause;
import dev.sluice.config.RetryConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.ClaimRequest;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.routing.UpdateMessages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class LeaseRenewerIT {
    /** Renewals by the tests only. */
    private static final DeliveryConfig CONFIG = new DeliveryConfig(
            Duration.ofSeconds(30),
            Duration.ofDays(1),
            new RetryConfig(5, List.of(Duration.ofSeconds(1))),
            Duration.ofDays(1),
            false,
            Duration.ofMinutes(5),
            32,
            new FailurePause(0, Duration.ofMinutes(1)));

    private static TestDatabase table;
    private static Vertx vertx;
    private static RunStore runs;

    @BeforeAll
    static void open(Vertx sharedVertx, TestDatabase newDatabase, Store store) {
        vertx = sharedVertx;
        table = newDatabase;
        runs = RunStore.of(store.database(), store.tables(), UpdateMessages::toOutbox);
    }

    @Test
    void cancelsRunWhenLeaseIsLost() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Attempt attempt = claim("lost");
        CancellationToken work = new CancellationToken();
        leases.track(attempt, work);
        table.execute("UPDATE sluice.stage_run SET attempt = attempt + 1 WHERE job_id = 'lost'");

        get(leases.renew());

        assertThat(work.reason().map(JobException::code)).contains(ErrorCode.LEASE_LOST);
    }

    @Test
    void doesNotCancelRunCommittedMeanwhile() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Attempt attempt = claim("settled");
        CancellationToken work = new CancellationToken();
        leases.track(attempt, work);

        leases.markSettling(attempt);
        table.execute("UPDATE sluice.stage_run SET state = 'done' WHERE job_id = 'settled'");
        get(leases.renew());

        assertThat(work.reason()).isEmpty();
    }

    @Test
    void renewsLeaseOfSettlingRun() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Attempt attempt = claim("settling");
        leases.track(attempt, new CancellationToken());
        leases.markSettling(attempt);
        table.execute("UPDATE sluice.stage_run SET lease_until = now() WHERE job_id = 'settling'");

        get(leases.renew());

        assertThat(table.value("SELECT lease_until > now() FROM sluice.stage_run WHERE job_id = 'settling'"))
                .isEqualTo("t");
    }

    @Test
    void cancelsRunsOfCancelledJobAndAwaitsTheirEnd() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Attempt attempt = claim("cancelled");
        CancellationToken work = new CancellationToken();
        CancellationToken other = new CancellationToken();
        leases.track(attempt, work);
        leases.track(claim("another"), other);

        Future<Void> released = leases.cancelJob(attempt.run().job());
        boolean releasedEarly = released.isComplete();
        leases.untrack(attempt);

        assertThat(work.reason().map(JobException::code)).contains(ErrorCode.CANCELLED);
        assertThat(other.reason()).isEmpty();
        assertThat(releasedEarly).isFalse();
        get(released);
    }

    @Test
    void cancelsRunTrackedAfterItsJobWasCancelled() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Promise<JobId> notified = Promise.promise();
        leases.onCancelled(notified::tryComplete);
        Attempt attempt = claim("claimed-before");
        table.execute("UPDATE sluice.job SET state = 'failed', error_code = 'cancelled' WHERE id = 'claimed-before';"
                + "UPDATE sluice.stage_run SET state = 'failed' WHERE job_id = 'claimed-before'");
        CancellationToken work = new CancellationToken();

        get(leases.cancelJob(attempt.run().job()));
        leases.track(attempt, work);

        assertThat(get(notified.future())).isEqualTo(attempt.run().job());
        assertThat(work.reason().map(JobException::code)).contains(ErrorCode.CANCELLED);
    }

    @Test
    void continuesJobRestartedAfterCancellation() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        Attempt attempt = claim("restarted");
        CancellationToken work = new CancellationToken();

        get(leases.cancelJob(attempt.run().job()));
        leases.track(attempt, work);
        get(leases.renew());

        assertThat(work.reason()).isEmpty();
    }

    @Test
    void detectsCancelledJobAtRenewal() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(vertx, runs.leases(), CONFIG);
        List<JobId> notified = new CopyOnWriteArrayList<>();
        leases.onCancelled(notified::add);
        Attempt cancelled = claim("missed");
        Attempt lost = claim("lost-too");
        CancellationToken work = new CancellationToken();
        CancellationToken otherWork = new CancellationToken();
        leases.track(cancelled, work);
        leases.track(lost, otherWork);
        table.execute("UPDATE sluice.job SET state = 'failed', error_code = 'cancelled' WHERE id = 'missed';"
                + "UPDATE sluice.stage_run SET attempt = attempt + 1 WHERE job_id IN ('missed', 'lost-too')");

        get(leases.renew());
        get(leases.renew());

        assertThat(work.reason().map(JobException::code)).contains(ErrorCode.CANCELLED);
        assertThat(otherWork.reason().map(JobException::code)).contains(ErrorCode.LEASE_LOST);
        assertThat(notified).containsExactly(new JobId("missed"));
    }

    @Test
    void renewsOtherLeasesWhileOneRenewalHangs() throws Exception {
        LeaseRenewer leases = new LeaseRenewer(
                vertx,
                runs.leases(),
                new DeliveryConfig(
                        CONFIG.leaseDuration(),
                        Duration.ofMillis(400),
                        CONFIG.retries(),
                        CONFIG.resendAfter(),
                        false,
                        CONFIG.maxTaskDuration(),
                        CONFIG.maxSegmentsInFlight(),
                        CONFIG.failurePause()));
        Attempt stuck = claim("stuck");
        Attempt other = claim("other");
        try (Connection blocker = table.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("UPDATE sluice.stage_run SET lease_until = now() WHERE job_id = 'stuck'");
            leases.track(stuck, new CancellationToken());
            Awaitility.await()
                    .until(() -> table.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database()")
                            .equals("1"));
            leases.untrack(stuck);
            table.execute("UPDATE sluice.stage_run SET lease_until = now() WHERE job_id = 'other'");

            leases.track(other, new CancellationToken());

            Awaitility.await()
                    .until(() -> table.value("SELECT lease_until > now() FROM sluice.stage_run WHERE job_id = 'other'")
                            .equals("t"));
            blocker.rollback();
        } finally {
            leases.close();
        }
    }

    private static Attempt claim(String id) throws TimeoutException {
        StagedJob job = StagedJob.create(
                new NewJob(new JobId(id), "media", "user", "uploads/a.mov", "a.mov", "video/mp4", 1, Instant.EPOCH));
        OutboxMessage redelivery = new OutboxMessage(
                "", "nowhere", MessageCodec.encode(job), new JsonObject(), id, Optional.empty(), Duration.ZERO);
        ClaimResult result = get(runs.claims()
                .claim(new ClaimRequest(
                        RunId.ofStage(job.id(), StageName.DOWNLOAD), job, redelivery, "w1", CONFIG.leaseDuration())));
        return ((ClaimResult.Granted) result).claim().attempt();
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(30, TimeUnit.SECONDS);
    }
}
