package dev.sluice.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterSummary;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.DeadLetterHeaders;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadLetterFormatterTest {
    private static final String ID = "0a1b2c3d-0000-4000-8000-000000000001";

    @Test
    void truncatesLineToTerminalWidth() {
        DeadLetter deadLetter = deadLetter("The object store cannot be reached. ".repeat(10), "{}");

        List<String> lines = DeadLetterFormatter.formatTable(List.of(deadLetter.summary()), 180);

        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(180));
        assertThat(lines.get(1))
                .startsWith(ID + "  2026-11-24T05:37:11Z  upload      job-1 ")
                .contains("store_unavailable")
                .endsWith("…");
    }

    @Test
    void escapesControlCharacters() {
        String malicious = "\u001b[2Jgone\r\n\u202eback\u009b";
        DeadLetter deadLetter = deadLetter(malicious, malicious);

        String printed = String.join("\n", DeadLetterFormatter.formatTable(List.of(deadLetter.summary()), 200))
                + DeadLetterFormatter.formatDetails(deadLetter);

        assertThat(printed)
                .doesNotContain("\u001b", "\r", "\u202e", "\u009b")
                .contains("\\u001b[2Jgone\\u000d", "\\u202eback\\u009b");
        assertThat(new JsonObject(TerminalEscaper.escape(
                                deadLetter.summary().toJson().encode()))
                        .getString("error"))
                .isEqualTo(malicious);
    }

    @Test
    void printsHeadersAttemptsAndBody() {
        assertThat(DeadLetterFormatter.formatDetails(deadLetter("No.", "{\"id\":\"job-1\"}")))
                .isEqualTo("""
                        id: %s
                        job: job-1

                        headers
                          x-sluice-error: No.

                        failed attempts
                          1  2026-11-24T05:37:11Z  host:1:ab12  store_unavailable: No.

                        body, 14 bytes
                        {
                          "id" : "job-1"
                        }""".formatted(ID));
    }

    @Test
    void printsDiagnosticsBelowAttempt() {
        DeadLetter deadLetter = deadLetter("No.", "{}");
        deadLetter.details().history().getJsonObject(0).put("diagnostics", "ffmpeg -i source\n[error] Odd\u001b");

        assertThat(DeadLetterFormatter.formatDetails(deadLetter))
                .contains("store_unavailable: No.\n    ffmpeg -i source\n    [error] Odd\\u001b\n\nbody");
    }

    @Test
    void truncatesLargeBody() {
        String printed = DeadLetterFormatter.formatDetails(deadLetter("No.", "x".repeat(1 << 20)));

        assertThat(printed)
                .contains("body, 1048576 bytes")
                .endsWith("xxx\n… (truncated)")
                .hasSizeLessThan(70_000);
    }

    private static DeadLetter deadLetter(String error, String body) {
        JsonArray history = new JsonArray()
                .add(new JsonObject()
                        .put("attempt", 1)
                        .put("worker", "host:1:ab12")
                        .put("error_code", "store_unavailable")
                        .put("error", error)
                        .put("at", "2026-11-24T05:37:11Z"));
        DeadLetterHeaders headers = new DeadLetterHeaders(
                Optional.of("video.processing.upload"),
                Optional.of("store_unavailable"),
                Optional.of(error),
                Optional.of(new JobId("job-1")),
                Optional.of(StageName.UPLOAD),
                1,
                Optional.of(Instant.parse("2026-11-24T05:37:11.5Z")),
                history);
        return new DeadLetter(
                new DeadLetterSummary(ID, headers, headers.job(), body.length()),
                new JsonObject().put("x-sluice-error", error),
                Buffer.buffer(body));
    }
}
