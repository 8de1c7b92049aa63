package dev.sluice.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.broker.Topology;
import dev.sluice.common.async.Await;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.http.RandomRequests;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.s3.S3ObjectStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sends mutated requests, random requests of the contract and mutated messages to one process with the heap of the image, for
 * {@code sluice.fuzz.minutes} (default 1) from {@code sluice.fuzz.seed} on. There must be no response 5xx but 501 and 503, no
 * error in the log, and afterwards no resource in use that was not in use before.
 */
@ExtendWith(ServicesExtension.class)
@Tag("long")
class FuzzIT {
    private static final int REQUESTS_PER_SEED = 200;
    private static final int MESSAGES_PER_SEED = 50;
    /** Clients, each with its own seed. */
    private static final int CLIENTS = 4;
    /** Rounds after which pools, caches and compiled code have their size. */
    private static final int WARM_UP_ROUNDS = 3;

    /** Between two checks of what is left. */
    private static final Duration CHECK_INTERVAL = Duration.ofMinutes(10);

    /** Runs that may wait at the end of a round: on a busy machine, jobs take longer than rounds. */
    private static final int MAX_WAITING_RUNS = 20;

    /** Pools of workers and of each connection to the broker fill up slowly; a leak adds threads without limit. */
    private static final int MORE_THREADS = 40;

    /** The feed of live updates buffers up to 16 MiB, and fills up slowly. */
    private static final int MORE_HEAP_KIB = (16 + 8) << 10;

    private static final Duration SETTLE_LIMIT = Duration.ofMinutes(15);
    private static final String SOURCE = "uploads/clip.mp4";

    private static final Pattern OVERLOADED = Pattern.compile(" -> (408|503) ");

    private final List<String> findings = new CopyOnWriteArrayList<>();
    private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();
    private PipelineFixture services;
    private AttackedProcess target;
    private Channel channel;
    private JsonObject contract;
    private int contractRequests;
    private int unanswered;
    private int overloaded;
    private int messages;
    private int deadLetters;

    @Test
    void survivesMutatedRequestsAndMessages(@OnRabbitMq PipelineFixture fixture) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.getLong("sluice.fuzz.minutes", 1));
        long seed = Long.getLong("sluice.fuzz.seed", 1);
        services = fixture;
        services.ignoreUpdates();
        services.upload(SOURCE, services.clip(1));
        JsonObject backend = new JsonObject()
                .put("requestTimeoutSeconds", 1)
                .put("uploadIdleSeconds", 1)
                .put("requestsPerSecond", 100_000);
        JsonObject requests = new JsonObject().put("requests", new JsonObject().put("enabled", true));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (Connection connection = services.broker().connect();
                AttackedProcess started =
                        AttackedProcess.start(services, backend, requests, "-DSLUICE_LOG_LEVEL=INFO")) {
            target = started;
            channel = connection.createChannel();
            contract = client().get("/openapi.json").json();
            ProcessResources before = null;
            long check = 0;
            for (int round = 1; before == null || System.nanoTime() < end; round++) {
                run(clients, seed);
                seed += CLIENTS;
                if (round == WARM_UP_ROUNDS || before != null && System.nanoTime() > check) {
                    ProcessResources now = settledResources(seed);
                    before = before == null ? now : before;
                    check = System.nanoTime() + CHECK_INTERVAL.toNanos();
                }
            }
            ProcessResources after = settledResources(seed);
            findings.addAll(target.loggedErrors());
            assertThat(findings).isEmpty();
            assertThat(unanswered).isLessThan(contractRequests / 100);
            assertThat(after.descriptors()).isLessThan(before.descriptors() + 10);
            assertThat(after.threads()).isLessThan(before.threads() + MORE_THREADS);
            assertThat(after.liveHeapKib()).isLessThan(before.liveHeapKib() + MORE_HEAP_KIB);
        } finally {
            clients.shutdownNow();
        }
    }

    /** Prints what was sent, and the resources when all of it has ended. */
    private ProcessResources settledResources(long seed) throws Exception {
        settle();
        ProcessResources resources = target.resources();
        System.out.printf(
                "until seed %d: mutated requests %s (0: no response), %d requests of the contract"
                        + " (%d without response, %d with 408 or 503), %d messages, %d dead letters, %d findings%njobs: %s%n%s%n",
                seed,
                statuses,
                contractRequests,
                unanswered,
                overloaded,
                messages,
                deadLetters,
                findings.size(),
                services.database().query("SELECT state, count(*) FROM sluice.job GROUP BY state"),
                resources);
        return resources;
    }

    private void run(ExecutorService clients, long seed) throws Exception {
        List<Callable<Void>> all = new ArrayList<>();
        for (long own = seed; own < seed + CLIENTS; own++) {
            long mutated = own;
            all.add(() -> sendRequests(mutated));
        }
        List<Future<Void>> sending = all.stream().map(clients::submit).toList();
        sendMessages(seed);
        sendContractRequests(seed);
        for (Future<Void> each : sending) {
            each.get();
        }
        deleteUploads();
        deadLetters += channel.queuePurge(Topology.DEAD_LETTER_QUEUE).getMessageCount();
        assertThat(target.log()).doesNotContain("OutOfMemoryError");
        Awaitility.await().atMost(SETTLE_LIMIT).until(() -> unfinishedRuns().size() <= MAX_WAITING_RUNS);
    }

    private List<Map<String, String>> unfinishedRuns() {
        return services.database()
                .query("SELECT r.job_id, r.stage, r.state, r.counted, r.lease_until FROM sluice.stage_run r"
                        + " JOIN sluice.job j ON j.id = r.job_id"
                        + " WHERE r.state = 'running' OR r.state = 'waiting' AND j.state = 'running'");
    }

    private Void sendRequests(long seed) throws IOException {
        String token = TestTokens.of("mallory-" + seed);
        MutatedRequests requests = new MutatedRequests(seed, token);
        String upload = createUpload(token);
        for (int i = 0; i < REQUESTS_PER_SEED; i++) {
            byte[] request = requests.next(upload);
            try (RawConnection connection = target.connect("127.0.4." + (1 + requests.below(200)))) {
                var unused = connection.trySend(request);
                if (requests.disconnects()) {
                    reset(connection);
                    continue;
                }
                Received answer = connection.receiveResponse(Duration.ofSeconds(5));
                statuses.merge(answer.status(), 1, Integer::sum);
                if (answer.status() >= 500 && answer.status() != 501 && answer.status() != 503) {
                    findings.add("seed " + seed + ", request " + i + ": " + answer.text());
                }
            }
        }
        return null;
    }

    private void sendMessages(long seed) throws IOException {
        MutatedMessages mutated = new MutatedMessages(seed, SOURCE);
        for (int i = 0; i < MESSAGES_PER_SEED; i++) {
            MutatedMessages.Message message = mutated.next();
            channel.basicPublish("", message.queue(), message.properties(), message.body());
            messages++;
        }
    }

    private void sendContractRequests(long seed) {
        List<String> tokens = List.of(TestTokens.of("ann"), TestTokens.of("bob-" + seed), TestTokens.admin());
        RandomRequests requests = new RandomRequests(client(), contract, tokens, seed);
        List<String> violations = requests.run(1);
        violations.stream()
                .filter(violation -> !OVERLOADED.matcher(violation).find())
                .map(violation -> "seed " + seed + ": " + violation)
                .forEach(findings::add);
        contractRequests += requests.sent();
        unanswered += requests.closed();
        overloaded += violations.size();
    }

    /** A busy machine may answer 503, or not in time. */
    private String createUpload(String token) {
        return Awaitility.await()
                .atMost(SETTLE_LIMIT)
                .ignoreExceptions()
                .until(() -> target.createUpload(token), location -> !location.isEmpty());
    }

    private TestClient client() {
        return new TestClient(services.vertx(), target.port());
    }

    /** Unfinished uploads expire after a day only. */
    private void deleteUploads() {
        TestClient client = client();
        Map<String, String> headers = Map.of("Authorization", "Bearer " + TestTokens.admin(), "Tus-Resumable", "1.0.0");
        for (Map<String, String> row : unfinishedUploads()) {
            Await.await(client.send("DELETE", AttackedProcess.UPLOADS + "/" + row.get("id"), headers, Buffer.buffer())
                    .otherwiseEmpty());
        }
    }

    /** Without those that go to the store directly, which only expire. */
    private List<Map<String, String>> unfinishedUploads() {
        return services.database().query("SELECT id FROM sluice.upload WHERE NOT done AND NOT direct");
    }

    /** Waits until everything sent has ended, and checks that nothing is left of it. */
    private void settle() throws Exception {
        Awaitility.await().atMost(SETTLE_LIMIT).until(() -> target.connections() == 0);
        Awaitility.await().atMost(SETTLE_LIMIT).untilAsserted(() -> {
            assertThat(unfinishedRuns()).isEmpty();
            for (String queue : Topology.INPUT_QUEUES) {
                assertThat(channel.messageCount(queue)).as(queue).isZero();
            }
            assertThat(services.database().value("SELECT count(*) FROM sluice.outbox"))
                    .isEqualTo("0");
        });
        deadLetters += channel.queuePurge(Topology.DEAD_LETTER_QUEUE).getMessageCount();
        Awaitility.await().atMost(SETTLE_LIMIT).untilAsserted(target::checkServesOthers);
        // Also those that a failed check has created.
        Awaitility.await().atMost(SETTLE_LIMIT).untilAsserted(() -> {
            deleteUploads();
            assertThat(unfinishedUploads()).isEmpty();
            assertThat(unknownMultipartUploads()).isEmpty();
        });
        Awaitility.await()
                .atMost(SETTLE_LIMIT)
                .untilAsserted(() -> assertThat(target.filesOfJobs()).isEmpty());
    }

    /** Multipart uploads in the store that no row mentions. */
    private List<String> unknownMultipartUploads() {
        S3ObjectStore store =
                new S3ObjectStore(services.vertx(), services.bucket().config());
        List<String> unknown =
                new ArrayList<>(Await.await(store.listMultipartUploads("").eventually(store::close)).stream()
                        .map(MultipartUploadId::id)
                        .toList());
        services.database()
                .query("SELECT multipart_id FROM sluice.upload WHERE NOT done")
                .forEach(row -> unknown.remove(row.get("multipart_id")));
        return unknown;
    }

    private static void reset(RawConnection connection) throws IOException {
        try {
            connection.reset();
        } catch (SocketException closed) {
            // The server has closed the connection before.
        }
    }
}
