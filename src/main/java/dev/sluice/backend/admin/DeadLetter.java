package dev.sluice.backend.admin;

import dev.sluice.broker.Delivery;
import dev.sluice.job.JobId;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.message.MessageCodec;
import dev.sluice.objectstore.ChecksumAlgorithm;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A message that nobody will try again by himself.
 *
 * @param id its name: the message id that Sluice gave it, or a hash of what it is where somebody else put it there
 * @param note what it says of itself
 * @param job the job it is about, as it says or as its body does
 */
public record DeadLetter(String id, DeadLetterHeaders details, Optional<JobId> job, JsonObject headers, Buffer body) {
    private static final int HASH_BYTES = 8;
    /** The broker counts in these how often a letter was looked at. */
    private static final Set<String> COUNTERS = Set.of("x-delivery-count", "x-acquired-count");

    static DeadLetter from(Delivery delivery) {
        DeadLetterHeaders note = DeadLetterHeaders.fromHeaders(delivery.headers());
        return new DeadLetter(
                delivery.messageId()
                        .filter(given -> note.queue().isPresent() && given.matches("[0-9a-f-]{36}"))
                        .orElseGet(() -> hash(delivery)),
                note,
                note.job().or(() -> MessageCodec.peekJobId(delivery.body())),
                delivery.headers(),
                delivery.body());
    }

    /** The letter without its body, for programs. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("id", id);
        details.failedAt().ifPresent(at -> json.put("at", at.toString()));
        details.queue().ifPresent(queue -> json.put("queue", queue));
        details.stage().ifPresent(stage -> json.put("stage", stage.key()));
        job.ifPresent(of -> json.put("job", of.value()));
        details.errorCode().ifPresent(code -> json.put("errorCode", code));
        details.error().ifPresent(error -> json.put("error", error));
        return json.put("attempts", details.attempts())
                .put("history", details.history())
                .put("bytes", body.length());
    }

    private static String hash(Delivery delivery) {
        TreeMap<String, Object> lasting = new TreeMap<>(delivery.headers().getMap());
        lasting.keySet().removeAll(COUNTERS);
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.SHA256.newDigest();
        digest.update(new JsonObject(lasting).encode().getBytes(StandardCharsets.UTF_8));
        digest.update(new byte[1]);
        digest.update(delivery.body().getBytes());
        return HexFormat.of().formatHex(digest.value(), 0, HASH_BYTES);
    }
}
