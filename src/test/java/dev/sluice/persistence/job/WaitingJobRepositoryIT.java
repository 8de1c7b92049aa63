package dev.sluice.persistence.job;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class WaitingJobRepositoryIT {
    private static final int SLOTS = 8;

    private TestDatabase database;
    private Store store;
    private WaitingJobRepository waiting;
    private final Deque<String> queue = new ArrayDeque<>();
    private final List<String> running = new ArrayList<>();
    private final Map<String, Integer> startedAt = new TreeMap<>();

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store newStore) {
        database = newDatabase;
        store = newStore;
        waiting = new WaitingJobRepository(
                store.database(),
                (run, job) -> Samples.message("", run.stage().key(), Buffer.buffer(job), run + "/sent"));
    }

    /** Workers with eight slots take jobs from a FIFO; all jobs take the same time. */
    @Test
    void startsJobsOfOthersWithinTwoJobTimes() {
        database.execute(
                "INSERT INTO sluice.job (id, message, stage, submitted_by) SELECT 'many-' || n, '{}', 'download', 'many'"
                        + " FROM generate_series(1, 500) AS n;"
                        + " INSERT INTO sluice.stage_run (job_id, stage, task, sent_at) SELECT id, 'download', 0, 'infinity' FROM sluice.job");
        startJobs(0);
        assertThat(running).hasSize(SLOTS).allMatch(id -> id.startsWith("many-"));
        List<String> others =
                IntStream.rangeClosed(1, 9).mapToObj(n -> "user" + n).toList();
        others.forEach(user -> submit(user, user + "-1"));

        for (int time = 1; time <= 3; time++) {
            endJobs();
            startJobs(time);
        }

        System.out.printf("%d slots, 10 users; start after submission, in job times:%n", SLOTS);
        System.out.printf(
                "many (500 jobs): %d started%n",
                startedAt.keySet().stream().filter(id -> id.startsWith("many-")).count());
        others.forEach(user -> System.out.printf("%s: %s%n", user, startedAt.get(user + "-1")));
        assertThat(others)
                .allSatisfy(user -> assertThat(startedAt)
                        .hasEntrySatisfying(
                                user + "-1", time -> assertThat(time).isLessThanOrEqualTo(2)));
        assertThat(running).as("no slot is idle").hasSize(SLOTS);
        assertThat(database.value("SELECT convert_from(body, 'UTF8')::json ->> 'userId' FROM sluice.outbox"
                        + " WHERE convert_from(body, 'UTF8')::json ->> 'id' = 'user1-1'"))
                .isEqualTo("user1");
    }

    @Test
    void sendsNoMoreJobsOfUserThanAllowed() {
        IntStream.rangeClosed(1, 3).forEach(n -> submit("ann", "ann-" + n));

        assertThat(ids(await(waiting.send(1)))).containsExactly("ann-1");
        start("ann-1");
        assertThat(await(waiting.send(1))).isEmpty();
        running.add("ann-1");
        endJobs();
        assertThat(ids(await(waiting.send(1)))).containsExactly("ann-2");
    }

    @Test
    void sendsEachJobOnceAndNoCancelledJob() {
        submit("ann", "kept");
        submit("ann", "cancelled");
        database.execute("UPDATE sluice.job SET state = 'failed' WHERE id = 'cancelled'");

        var all = Stream.generate(() -> waiting.send(10)).limit(4).toList();
        await(Future.all(all));

        assertThat(all.stream().flatMap(sent -> ids(sent.result()).stream())).containsExactly("kept");
        assertThat(database.value("SELECT count(*) FROM sluice.outbox")).isEqualTo("1");
    }

    @Test
    void doesNotWaitForMessagesThatMayBeLost() {
        IntStream.rangeClosed(1, 4).forEach(n -> submit("ann", "ann-" + n));
        assertThat(await(waiting.send(10))).hasSize(2);
        assertThat(await(waiting.send(10))).isEmpty();

        database.execute("UPDATE sluice.stage_run SET sent_at = now() - interval '2 min' WHERE sent_at < 'infinity'");

        assertThat(await(waiting.send(10))).hasSize(2);
    }

    private void startJobs(int time) {
        // The scheduler runs many times while a job runs.
        for (boolean started = true; started; ) {
            queue.addAll(ids(await(waiting.send(1000))));
            started = running.size() < SLOTS && !queue.isEmpty();
            if (started) {
                String id = queue.remove();
                start(id);
                running.add(id);
                startedAt.put(id, time);
            }
        }
    }

    private void start(String id) {
        database.execute(
                "UPDATE sluice.stage_run SET state = 'running', lease_until = now() + interval '1 h' WHERE job_id = '"
                        + id + "'");
    }

    private void endJobs() {
        running.forEach(id -> database.execute("UPDATE sluice.stage_run SET state = 'done' WHERE job_id = '" + id
                + "'; UPDATE sluice.job SET state = 'completed' WHERE id = '" + id + "'"));
        running.clear();
    }

    private void submit(String user, String id) {
        StagedJob job = StagedJob.create(
                new NewJob(new JobId(id), "m-" + id, user, "uploads/a.mp4", "a.mp4", "", 1, Instant.now()));
        await(store.jobs().create(JobCreation.forNewMedia(job, Optional.empty()), Samples.again(job)));
    }

    private static List<String> ids(List<JobId> jobs) {
        return jobs.stream().map(JobId::value).toList();
    }
}
