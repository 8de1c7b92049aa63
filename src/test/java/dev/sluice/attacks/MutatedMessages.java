package dev.sluice.attacks;

import com.rabbitmq.client.AMQP;
import dev.sluice.broker.Topology;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random messages for all queues of the process, of which most violate a rule of the wire contract: fields are removed or have
 * another type, bytes are changed, properties and headers are arbitrary. The same seed gives the same messages.
 */
final class MutatedMessages {
    private static final List<String> QUEUES = new ArrayList<>(Topology.INPUT_QUEUES);
    private static final List<String> HEADERS =
            List.of("x-sluice-error", "x-sluice-attempts", "x-sluice-history", "x-sluice-at", "x-death", "x", "");
    private static final int MAX_MUTATIONS = 4;
    private static final int LONG_TEXT = 1_500_000;

    static {
        QUEUES.add(Topology.DEAD_LETTER_QUEUE);
    }

    private final long seed;
    private final String source;
    private final Random random;
    private int count;

    /** @param source the key of a video */
    MutatedMessages(long seed, String source) {
        this.seed = seed;
        this.source = source;
        this.random = new Random(seed);
    }

    /** A message for this queue. */
    record Message(String queue, AMQP.BasicProperties properties, byte[] body) {}

    Message next() {
        String queue = QUEUES.get(random.nextInt(QUEUES.size()));
        JsonObject message = message(queue);
        boolean valid = random.nextInt(12) == 0;
        for (int mutations = valid ? 0 : random.nextInt(MAX_MUTATIONS); mutations > 0; mutations--) {
            mutate(message);
        }
        byte[] body = message.encode().getBytes(StandardCharsets.UTF_8);
        return new Message(queue, properties(), valid || random.nextInt(3) > 0 ? body : damaged(body));
    }

    private JsonObject message(String queue) {
        String id = "fuzz-" + seed + "-" + count++;
        return switch (queue) {
            case Topology.UPDATES_QUEUE -> update(id);
            case Topology.REQUESTS_QUEUE -> request(id);
            default -> job(id);
        };
    }

    private JsonObject job(String id) {
        return new JsonObject()
                .put("id", id)
                .put("mediaId", "media-" + id)
                .put("userId", "user-1")
                .put("mediaType", "VIDEO")
                .put("s3Key", source)
                .put("originalFilename", "clip.mp4")
                .put("mimeType", "video/mp4")
                .put("fileSize", 0)
                .put("createdAt", Instant.EPOCH.toString())
                .put("metadata", new JsonObject())
                .put("outputs", new JsonArray())
                .put("stage", "DOWNLOADING");
    }

    private JsonObject request(String id) {
        return new JsonObject()
                .put("type", "video_processing_request")
                .put("job_id", id)
                .put("media_id", "media-" + id)
                .put("user_id", "user-1")
                .put("s3_key", source)
                .put("original_filename", "clip.mp4")
                .put("progress_interval", 5);
    }

    private JsonObject update(String id) {
        return new JsonObject()
                .put("type", "video_processing_update")
                .put("job_id", id)
                .put("media_id", "media-" + id)
                .put("status", "completed")
                .put("progress", 100)
                .put("seq", random.nextInt(9))
                .put("current_step", "x")
                .put("outputs", new JsonArray());
    }

    private void mutate(JsonObject message) {
        List<String> fields = new ArrayList<>(message.fieldNames());
        String field = fields.isEmpty() ? "id" : fields.get(random.nextInt(fields.size()));
        switch (random.nextInt(4)) {
            case 0 -> message.remove(field);
            case 1 -> message.put("extra-" + random.nextInt(9), value());
            default -> message.put(field, value());
        }
    }

    private Object value() {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextDouble() * 1e300;
            case 2 -> -random.nextInt(9);
            case 3 -> "";
            case 4 -> "../".repeat(random.nextInt(9)) + "etc/passwd";
            case 5 -> "x".repeat(random.nextInt(20) == 0 ? LONG_TEXT : random.nextInt(5_000));
            case 6 -> nested(random.nextInt(80));
            case 7 -> new JsonArray().add(new JsonObject().put("type", "scaled").put("s3Key", "x"));
            case 8 -> random.nextBoolean();
            case 9 -> "\u202e\u2028\u0001\n" + (char) (0x20 + random.nextInt(0x7000));
            case 10 -> new JsonObject().put("width", -1).put("height", "x");
            default -> "video/mp4";
        };
    }

    private static Object nested(int levels) {
        Object value = 1;
        for (int level = 0; level < levels; level++) {
            value = new JsonArray().add(value);
        }
        return value;
    }

    private byte[] damaged(byte[] body) {
        byte[] damaged = random.nextInt(8) == 0 ? new byte[random.nextInt(5_000)] : body.clone();
        for (int bytes = random.nextInt(5); bytes > 0 && damaged.length > 0; bytes--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) > 0 || damaged.length == 0
                ? damaged
                : Arrays.copyOf(damaged, random.nextInt(damaged.length));
    }

    private AMQP.BasicProperties properties() {
        AMQP.BasicProperties.Builder properties = new AMQP.BasicProperties.Builder();
        if (random.nextBoolean()) {
            properties.deliveryMode(1 + random.nextInt(2));
        }
        if (random.nextInt(3) == 0) {
            properties
                    .contentType(any("application/json", "text/plain", "\0"))
                    .contentEncoding(any("gzip", "utf-16", ""))
                    .priority(random.nextInt(256))
                    .messageId("x".repeat(random.nextInt(255)))
                    .type("\n")
                    .timestamp(new Date(random.nextLong() >>> 20));
        }
        if (random.nextBoolean()) {
            Map<String, Object> headers = new HashMap<>();
            for (int number = random.nextInt(6); number > 0; number--) {
                headers.put(HEADERS.get(random.nextInt(HEADERS.size())), headerValue());
            }
            properties.headers(headers);
        }
        return properties.build();
    }

    private Object headerValue() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextDouble();
            case 2 -> new Date(random.nextInt());
            case 3 -> new byte[random.nextInt(3_000)];
            case 4 -> List.of("a", 1, List.of(Map.of("b", true)));
            case 5 -> nestedTable(random.nextInt(300));
            case 6 -> "x".repeat(random.nextInt(10) == 0 ? 60_000 : random.nextInt(50));
            default -> "[{\"attempt\":" + random.nextInt() + "}";
        };
    }

    private static Map<String, Object> nestedTable(int levels) {
        Map<String, Object> table = Map.of();
        for (int level = 0; level < levels; level++) {
            table = Map.of("a", table);
        }
        return table;
    }

    private String any(String... values) {
        return values[random.nextInt(values.length)];
    }
}
