package dev.sluice.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.endtoend.PipelineFixture;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sends mutated requests to one process with the heap of the image, for {@code sluice.fuzz.minutes} (default 1) from {@code
 * sluice.fuzz.seed} on. There must be no response 5xx but 503, no error in the log, and no connection or place left.
 */
@ExtendWith(ServicesExtension.class)
@Tag("long")
class HttpFuzzIT {
    private static final int EACH_SEED = 200;

    @Test
    void survivesMutatedRequests(PipelineFixture services) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.getLong("sluice.fuzz.minutes", 1));
        long seed = Long.getLong("sluice.fuzz.seed", 1);
        Map<Integer, Integer> statuses = new TreeMap<>();
        JsonObject backend = new JsonObject()
                .put("requestTimeoutSeconds", 1)
                .put("uploadIdleSeconds", 1)
                .put("requestsPerSecond", 100_000);
        try (AttackedProcess target = AttackedProcess.start(services, backend)) {
            while (System.nanoTime() < end) {
                run(target, seed, statuses);
                seed++;
            }
            Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> target.connections() == 0);
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(target::checkServesOthers);
            System.out.println("fuzzed until seed " + seed + ": " + statuses + " (0: no response); "
                    + services.database().value("SELECT count(*) FROM sluice.upload") + " unfinished tus uploads, "
                    + services.database().value("SELECT count(*) FROM sluice.job") + " jobs");
        }
    }

    private static void run(AttackedProcess target, long seed, Map<Integer, Integer> statuses) throws IOException {
        MutatedRequests requests = new MutatedRequests(seed);
        String upload = target.createUpload(AttackedProcess.MALLORY);
        for (int i = 0; i < EACH_SEED; i++) {
            byte[] request = requests.next(upload);
            try (RawConnection connection = target.connect("127.0.4." + (1 + requests.below(200)))) {
                var unused = connection.trySend(request);
                if (requests.disconnects()) {
                    reset(connection);
                    continue;
                }
                Received answer = connection.receiveResponse(Duration.ofSeconds(5));
                statuses.merge(answer.status(), 1, Integer::sum);
                assertThat(answer.status())
                        .as("seed %d, request %d: %s", seed, i, answer.text())
                        .matches(status -> status < 500 || status == 501 || status == 503);
            }
        }
        target.checkAlive();
    }

    private static void reset(RawConnection connection) throws IOException {
        try {
            connection.reset();
        } catch (SocketException closed) {
            // The server has closed the connection before.
        }
    }
}
