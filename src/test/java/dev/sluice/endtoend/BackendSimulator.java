package dev.sluice.endtoend;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.broker.TestBroker;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/**
 * Simulates the backend, with the plain client library and the message contract only: it sends jobs and records all
 * updates.
 */
public final class BackendSimulator implements AutoCloseable {
    static final String DOWNLOAD = "video.processing.download";
    static final String PROCESSING = "video.processing.processing";
    static final String UPLOAD = "video.processing.upload";
    static final String UPDATES = "video.processing.updates";
    static final String REQUESTS = "video.processing.requests";
    static final String DEAD = "video.processing.dead";

    private static final Map<String, String> STAGES = Map.of(
            "download", DOWNLOAD,
            "processing", PROCESSING,
            "upload", UPLOAD,
            "request", REQUESTS);

    private final Connection connection;
    private final Channel sending;
    private final Map<String, List<JsonObject>> updates = new ConcurrentHashMap<>();
    private final Map<String, Long> ends = new ConcurrentHashMap<>();

    private Channel listening;

    /** Declares the queues of the contract and consumes the updates. */
    BackendSimulator(TestBroker broker) throws IOException, TimeoutException {
        this.connection = broker.connect();
        this.sending = connection.createChannel();
        assertTopology();
        listen();
    }

    /** Fails with the 406 of the broker if an exchange or a queue exists with other properties. */
    void assertTopology() throws IOException {
        sending.exchangeDeclare("video.processing", BuiltinExchangeType.DIRECT, true);
        sending.exchangeDeclare("video.updates", BuiltinExchangeType.DIRECT, true);
        for (Map.Entry<String, String> stage : STAGES.entrySet()) {
            sending.queueDeclare(stage.getValue(), true, false, false, null);
            sending.queueBind(stage.getValue(), "video.processing", stage.getKey());
        }
        sending.queueDeclare(UPDATES, true, false, false, null);
        sending.queueBind(UPDATES, "video.updates", "update");
    }

    void listen() throws IOException {
        Channel channel = connection.createChannel();
        listening = channel;
        channel.basicConsume(
                UPDATES,
                true,
                (tag, message) -> {
                    JsonObject update = new JsonObject(Buffer.buffer(message.getBody()));
                    updates.computeIfAbsent(update.getString("job_id"), id -> new CopyOnWriteArrayList<>())
                            .add(update);
                    if (!update.getString("status").equals("processing")) {
                        ends.putIfAbsent(update.getString("job_id"), System.nanoTime());
                    }
                },
                tag -> {});
    }

    /** Leaves the updates to other consumers. */
    void stopListening() throws IOException, TimeoutException {
        listening.close();
    }

    void sendUpdate(String body) throws IOException {
        sending.basicPublish("video.updates", "update", null, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes a persistent message without content type directly to the queue. */
    void send(JsonObject job) throws IOException {
        send(job.encode());
    }

    void send(String body) throws IOException {
        sending.basicPublish("", DOWNLOAD, persistent(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes a message without headers to the dead-letter queue. */
    void sendDeadLetter(String body) throws IOException {
        sending.basicPublish("", DEAD, null, body.getBytes(StandardCharsets.UTF_8));
    }

    void purgeDeadLetters() throws IOException {
        sending.queuePurge(DEAD);
    }

    private static AMQP.BasicProperties persistent() {
        return new AMQP.BasicProperties.Builder().deliveryMode(2).build();
    }

    /** Publishes to the exchange, as the legacy single-stage flow does. */
    void request(String body) throws IOException {
        sending.basicPublish("video.processing", "request", persistent(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** All updates of a job, in the order of receipt. */
    List<JsonObject> updates(String job) {
        return updates.getOrDefault(job, List.of());
    }

    List<String> steps(String job) {
        return updates(job).stream()
                .map(update -> update.getString("current_step"))
                .distinct()
                .toList();
    }

    boolean hasEnded(String job) {
        return updates(job).stream()
                .anyMatch(update -> !update.getString("status").equals("processing"));
    }

    /** Number of updates that report the job as completed. */
    long completions(String job) {
        return updates(job).stream()
                .filter(update -> update.getString("status").equals("completed"))
                .count();
    }

    /** Waits for the update that reports the end of the job. */
    JsonObject awaitEnd(String job) {
        awaitThat(() -> hasEnded(job));
        return updates(job).stream()
                .filter(update -> !update.getString("status").equals("processing"))
                .findFirst()
                .orElseThrow();
    }

    /** Time of receipt of the update that reports the end of the job, by {@link System#nanoTime}. */
    long endNanos(String job) {
        awaitThat(() -> ends.containsKey(job));
        return ends.get(job);
    }

    void awaitStep(String job, String step) {
        awaitThat(() -> steps(job).contains(step));
    }

    /** Waits for the next message of a queue and removes it. */
    GetResponse take(String queue) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> sending.basicGet(queue, true), message -> message != null);
    }

    long messages(String queue) throws IOException {
        return sending.messageCount(queue);
    }

    long consumers(String queue) throws IOException {
        return sending.consumerCount(queue);
    }

    /** The limit is long: other tests run concurrently, and the machine may be slow. */
    public static void awaitThat(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(240))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    @Override
    public void close() {
        connection.abort();
    }
}
