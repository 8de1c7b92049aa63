package dev.sluice.backend.admin;

import dev.sluice.broker.Delivery;
import dev.sluice.job.JobId;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.objectstore.ChecksumAlgorithm;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A dead letter without its body and headers.
 *
 * @param id the message ID set by Sluice, or a hash of the content if another program published the message
 * @param details from its headers
 * @param job from its headers; in {@link DeadLetter} also from the body
 * @param bytes size of its body
 */
public record DeadLetterSummary(String id, DeadLetterHeaders details, Optional<JobId> job, int bytes) {
    private static final int HASH_BYTES = 8;
    /** Set by the broker, and changed by each browse. */
    private static final Set<String> DELIVERY_COUNTERS = Set.of("x-delivery-count", "x-acquired-count");

    /** Hashes the content if it has no ID of Sluice; not for an event loop. */
    static DeadLetterSummary from(Delivery delivery) {
        DeadLetterHeaders details = DeadLetterHeaders.fromHeaders(delivery.headers());
        return new DeadLetterSummary(
                delivery.messageId()
                        .filter(given -> details.queue().isPresent() && given.matches("[0-9a-f-]{36}"))
                        .orElseGet(() -> hash(delivery)),
                details,
                details.job(),
                delivery.body().length());
    }

    DeadLetterSummary withJob(Optional<JobId> newJob) {
        return new DeadLetterSummary(id, details, newJob, bytes);
    }

    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("id", id);
        details.failedAt().ifPresent(at -> json.put("at", at.toString()));
        details.queue().ifPresent(queue -> json.put("queue", queue));
        details.stage().ifPresent(stage -> json.put("stage", stage.key()));
        job.ifPresent(found -> json.put("job", found.value()));
        details.errorCode().ifPresent(code -> json.put("errorCode", code));
        details.error().ifPresent(error -> json.put("error", error));
        return json.put("attempts", details.attempts())
                .put("history", details.history())
                .put("bytes", bytes);
    }

    private static String hash(Delivery delivery) {
        TreeMap<String, Object> headers = new TreeMap<>(delivery.headers().getMap());
        headers.keySet().removeAll(DELIVERY_COUNTERS);
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.SHA256.newDigest();
        digest.update(new JsonObject(headers).encode().getBytes(StandardCharsets.UTF_8));
        digest.update(new byte[1]);
        digest.update(delivery.body().getBytes());
        return HexFormat.of().formatHex(digest.value(), 0, HASH_BYTES);
    }
}
