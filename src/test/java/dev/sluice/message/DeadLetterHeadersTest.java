package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadLetterHeadersTest {
    @Test
    void readsWrittenHeaders() {
        DeadLetterHeaders headers = headers(new JsonArray().add(attempt(1, "The object store is busy.")));

        assertThat(DeadLetterHeaders.fromHeaders(headers.toHeaders())).isEqualTo(headers);
        assertThat(headers.toHeaders().getMap())
                .containsEntry("x-sluice-error-code", "store_unavailable")
                .containsEntry("x-sluice-attempts", 5)
                .containsEntry("x-sluice-at", "1970-01-01T00:00:07Z");
    }

    @Test
    void keepsLastTwentyAttempts() {
        JsonArray history = new JsonArray();
        for (int n = 1; n <= 30; n++) {
            history.add(attempt(n, "The object store is busy."));
        }

        JsonArray kept =
                DeadLetterHeaders.fromHeaders(headers(history).toHeaders()).history();

        assertThat(kept).hasSize(20);
        assertThat(kept.getJsonObject(0).getInteger("attempt")).isEqualTo(11);
        assertThat(kept.getJsonObject(19).getInteger("attempt")).isEqualTo(30);
    }

    @Test
    void limitsHistoryToTwelveKibibytes() {
        JsonArray history = new JsonArray();
        for (int n = 1; n <= 20; n++) {
            history.add(attempt(n, "ü\uD83D\uDE00".repeat(10_000)));
        }

        JsonObject headers = headers(history).toHeaders();

        String text = headers.getString("x-sluice-history");
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(12 * 1024);
        assertThat(new JsonArray(text)).hasSizeGreaterThan(1);
        assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Test
    void keepsDiagnosticsOfLastAttemptOnly() {
        JsonArray history = new JsonArray();
        for (int n = 1; n <= 5; n++) {
            history.add(attempt(n, "No.").put("diagnostics", n + "x".repeat(4000)));
        }

        JsonArray kept = new JsonArray(headers(history).toHeaders().getString("x-sluice-history"));

        assertThat(kept).hasSize(5);
        assertThat(kept.getJsonObject(3).containsKey("diagnostics")).isFalse();
        assertThat(kept.getJsonObject(4).getString("diagnostics"))
                .startsWith("5x")
                .hasSize(4001);
    }

    @Test
    void ignoresInvalidHeaders() {
        JsonObject headers = new JsonObject()
                .put("x-sluice-queue", 7)
                .put("x-sluice-job", "a\nb")
                .put("x-sluice-stage", "nowhere")
                .put("x-sluice-attempts", -3)
                .put("x-sluice-at", "yesterday")
                .put("x-sluice-history", "{}")
                .put("x-death", new JsonArray());

        assertThat(DeadLetterHeaders.fromHeaders(headers))
                .isEqualTo(new DeadLetterHeaders(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        new JsonArray()));
    }

    @Test
    void returnsEndOfLastAttempt() {
        assertThat(DeadLetterHeaders.lastAttemptEnd(new JsonArray().add(attempt(1, "No."))))
                .contains(Instant.parse("2026-11-24T05:37:11.123456Z"));
        assertThat(DeadLetterHeaders.lastAttemptEnd(new JsonArray())).isEmpty();
        assertThat(DeadLetterHeaders.lastAttemptEnd(new JsonArray().add("nothing")))
                .isEmpty();
    }

    private static DeadLetterHeaders headers(JsonArray history) {
        return new DeadLetterHeaders(
                Optional.of("video.processing.upload"),
                Optional.of("store_unavailable"),
                Optional.of("The object store is busy."),
                Optional.of(new JobId("job-1")),
                Optional.of(StageName.UPLOAD),
                5,
                Optional.of(Instant.ofEpochSecond(7)),
                history);
    }

    private static JsonObject attempt(int number, String error) {
        return new JsonObject()
                .put("attempt", number)
                .put("worker", "host:1:ab12")
                .put("error_code", "store_unavailable")
                .put("error", error)
                .put("at", "2026-11-24T05:37:11.123456+00:00");
    }
}
