package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.broker.RabbitNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a large backlog, the memory of a worker stays small: it receives only as many messages as its concurrency allows. */
@Tag("long")
@Timeout(900)
class BacklogIT {
    private static final int WAITING = 100_000;
    private static final int COMPLETED = 3_000;
    private static final int BATCH = 1_000;
    private static final long CONFIRM_MILLIS = 60_000;
    /** Live objects, immediately after a collection. */
    private static final int MAX_LIVE_MIB = 64;

    /** {@code GC(7) Pause Young (Allocation Failure) 51M->17M(155M) 3.1ms}. */
    private static final Pattern COLLECTION = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(");

    @Test
    void keepsHeapSmallWithLargeBacklog() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");

        try (FaultScenario scenario = FaultScenario.open("backlog", FaultRunConfig.of(1))) {
            fill(scenario);
            scenario.startWorkers();
            boolean ended = scenario.recorder().awaitEnded(COMPLETED, Duration.ofMinutes(10));
            List<int[]> collections = collections(scenario.worker(0));
            long left = queued(scenario);
            System.out.printf(
                    "%d messages queued, %d at the end; %d collections, heap at most %d MiB before and %d after one%n",
                    WAITING,
                    left,
                    collections.size(),
                    collections.stream().mapToInt(sizes -> sizes[0]).max().orElse(0),
                    collections.stream().mapToInt(sizes -> sizes[1]).max().orElse(0));

            assertThat(ended).as("%d jobs ended", COMPLETED).isTrue();
            assertThat(scenario.worker(0).isAlive()).isTrue();
            assertThat(left).isGreaterThan(WAITING / 2);
            assertThat(collections).isNotEmpty().allMatch(sizes -> sizes[1] <= MAX_LIVE_MIB);
            assertThat(scenario.stopWorkers()).isEmpty();
        }
    }

    /** Jobs whose source does not exist: each ends with its claim, so that many end in a short time. */
    private static void fill(FaultScenario scenario) throws Exception {
        try (Connection connection = scenario.services().connect()) {
            Channel channel = connection.createChannel();
            ContractNames.assertTopology(channel);
            channel.confirmSelect();
            for (int n = 0; n < WAITING; n++) {
                byte[] body = new SubmittedJob("waiting-" + n, true, 1)
                        .message()
                        .put("s3Key", "uploads/missing.mp4")
                        .encode()
                        .getBytes(StandardCharsets.UTF_8);
                channel.basicPublish("", ContractNames.DOWNLOAD, JobProducer.PERSISTENT, body);
                if (n % BATCH == 0) {
                    channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
                }
            }
            channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
        }
    }

    private static long queued(FaultScenario scenario) throws IOException, TimeoutException {
        try (Connection connection = scenario.services().connect()) {
            return connection.createChannel().messageCount(ContractNames.DOWNLOAD);
        }
    }

    /** Heap before and after each collection, MiB. */
    private static List<int[]> collections(WorkerProcess worker) throws IOException {
        return Files.readString(worker.gcLog())
                .lines()
                .map(COLLECTION::matcher)
                .filter(Matcher::find)
                .map(found -> new int[] {Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))})
                .toList();
    }
}
