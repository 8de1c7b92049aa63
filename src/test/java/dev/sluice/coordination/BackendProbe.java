package dev.sluice.coordination;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.sluice.broker.TestBroker;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Simulates the backend: creates jobs and records the updates of each job. */
final class BackendProbe implements AutoCloseable {
    private static final String DOWNLOAD = "video.processing.download";
    private static final String UPDATES = "video.processing.updates";
    private static final List<String> QUEUES =
            List.of(DOWNLOAD, "video.processing.processing", "video.processing.upload", UPDATES);
    private static final List<String> STEPS = List.of(
            "downloading_video",
            "download_complete",
            "processing_video",
            "processing_complete",
            "uploading_results",
            "upload_complete");
    private static final int PERSISTENT = 2;
    private static final int BATCH = 1_000;
    private static final long CONFIRM_MILLIS = 60_000;

    private final TestDatabase database;
    private final Connection connection;
    private final Channel producer;
    /** Steps received for each job, in order; a job is removed when it has ended with the expected steps. */
    private final Map<String, List<String>> steps = new HashMap<>();

    private final List<String> errors = new ArrayList<>();
    /** In order of completion, nanoseconds. */
    private final Map<String, Long> completions = new LinkedHashMap<>();

    BackendProbe(TestBroker broker, TestDatabase database) throws IOException, TimeoutException {
        this.database = database;
        connection = broker.connect();
        producer = connection.createChannel();
        producer.confirmSelect();
        for (String queue : QUEUES) {
            producer.queueDeclare(queue, true, false, false, null);
            producer.queuePurge(queue);
        }
        Channel reader = connection.createChannel();
        reader.basicConsume(UPDATES, true, new DefaultConsumer(reader) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                record(new JsonObject(Buffer.buffer(body)));
            }
        });
    }

    /** Creates the rows and then the messages of jobs, as producers do. */
    void produce(String prefix, int jobs) throws Exception {
        database.execute(
                "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"s3Key\", \"originalFilename\")"
                        + " SELECT '" + prefix + "-' || n, 'media-" + prefix
                        + "-' || n, 'user-1', 'uploads/clip.mp4', 'clip.mp4'"
                        + " FROM generate_series(0, " + (jobs - 1) + ") n");
        for (int n = 0; n < jobs; n++) {
            String id = prefix + "-" + n;
            byte[] body = new JsonObject()
                    .put("id", id)
                    .put("mediaId", "media-" + id)
                    .put("userId", "user-1")
                    .put("mediaType", "VIDEO")
                    .put("s3Key", "uploads/clip.mp4")
                    .put("originalFilename", "clip.mp4")
                    .put("mimeType", "video/mp4")
                    .put("fileSize", 0)
                    .put("createdAt", "2025-01-01T00:00:00Z")
                    .put("stage", "DOWNLOADING")
                    .encode()
                    .getBytes(StandardCharsets.UTF_8);
            producer.basicPublish(
                    "",
                    DOWNLOAD,
                    new AMQP.BasicProperties.Builder().deliveryMode(PERSISTENT).build(),
                    body);
            if (n % BATCH == 0) {
                producer.waitForConfirmsOrDie(CONFIRM_MILLIS);
            }
        }
        producer.waitForConfirmsOrDie(CONFIRM_MILLIS);
    }

    private synchronized void record(JsonObject update) {
        String job = update.getString("job_id");
        String step = update.getString("current_step");
        List<String> received = steps.computeIfAbsent(job, first -> new ArrayList<>());
        received.add(step);
        if (update.getString("status").equals("completed")) {
            completions.put(job, System.nanoTime());
            if (received.equals(STEPS)) {
                steps.remove(job);
            } else {
                errors.add(job + ": " + received);
            }
            notifyAll();
        }
    }

    /** Waits until this number of jobs is completed; returns the times of completion in nanoseconds. */
    synchronized List<Long> awaitCompleted(int jobs, long limitSeconds) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        while (completions.size() < jobs && System.nanoTime() < until) {
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
        return List.copyOf(completions.values());
    }

    /** The time of completion of a completed job in nanoseconds. */
    synchronized long completedAt(String job) {
        return completions.get(job);
    }

    /** Jobs whose updates differ from the six steps of a successful job in number, kind or order. */
    synchronized List<String> unexpectedUpdates() {
        List<String> all = new ArrayList<>(errors);
        steps.forEach((job, received) -> all.add(job + ": " + received));
        return all;
    }

    /** Number of messages in the queues. */
    long queuedMessages() throws IOException {
        long sum = 0;
        for (String queue : QUEUES) {
            sum += producer.messageCount(queue);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
