package dev.sluice.cli.output;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterSummary;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Formats dead letters for a terminal. Their content is untrusted and escaped. */
public final class DeadLetterFormatter {
    private static final String ROW = "%-36s  %-20s  %-10s  %-36s  %-20s  %s";
    private static final int USED_BY_OTHER_COLUMNS = 132;
    private static final int MIN_ERROR_WIDTH = 40;
    private static final int DEFAULT_WIDTH = 200;
    private static final int ID_WIDTH = 36;
    private static final int CODE_WIDTH = 20;
    private static final int MAX_BODY_CHARS = 64 * 1024;

    private DeadLetterFormatter() {}

    /** A heading, and a line for each dead letter; {@code width} is that of the terminal. */
    public static List<String> formatTable(List<DeadLetterSummary> deadLetters, int width) {
        int errorWidth = Math.max(MIN_ERROR_WIDTH, width - USED_BY_OTHER_COLUMNS);
        List<String> lines = new ArrayList<>();
        lines.add(ROW.formatted("id", "failed at", "stage", "job", "code", "error"));
        deadLetters.forEach(deadLetter -> lines.add(ROW.formatted(
                        deadLetter.id(),
                        deadLetter
                                .details()
                                .failedAt()
                                .map(at -> at.truncatedTo(ChronoUnit.SECONDS))
                                .map(Instant::toString)
                                .orElse("-"),
                        deadLetter.details().stage().map(stage -> stage.key()).orElse("-"),
                        TerminalEscaper.escape(
                                deadLetter.job().map(JobId::value).orElse("-"), ID_WIDTH),
                        TerminalEscaper.escape(deadLetter.details().errorCode().orElse("-"), CODE_WIDTH),
                        TerminalEscaper.escape(deadLetter.details().error().orElse("-"), errorWidth))
                .stripTrailing()));
        return lines;
    }

    /** The width in {@code COLUMNS}; without it the width of a complete row. */
    public static int terminalWidth() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : DEFAULT_WIDTH;
    }

    /** Headers, failed attempts and body. */
    public static String formatDetails(DeadLetter deadLetter) {
        StringBuilder text = new StringBuilder("id: " + deadLetter.id() + "\n");
        deadLetter
                .job()
                .ifPresent(job -> text.append("job: ")
                        .append(TerminalEscaper.escape(job.value()))
                        .append('\n'));
        text.append("\nheaders\n");
        new TreeMap<>(deadLetter.headers().getMap()).forEach((name, value) -> {
            if (!name.endsWith("-history")) {
                text.append("  ")
                        .append(TerminalEscaper.escape(name))
                        .append(": ")
                        .append(TerminalEscaper.escape(
                                value instanceof JsonObject || value instanceof JsonArray
                                        ? Json.encode(value)
                                        : String.valueOf(value)))
                        .append('\n');
            }
        });
        text.append("\nfailed attempts\n");
        deadLetter
                .details()
                .history()
                .forEach(entry ->
                        text.append("  ").append(attempt(entry)).append('\n').append(diagnostics(entry)));
        text.append("\nbody, ").append(deadLetter.body().length()).append(" bytes\n");
        return text.append(body(deadLetter.body())).toString();
    }

    private static String attempt(Object entry) {
        if (!(entry instanceof JsonObject attempt)) {
            return TerminalEscaper.escape(String.valueOf(entry));
        }
        return TerminalEscaper.escape("%s  %s  %s  %s: %s"
                .formatted(
                        attempt.getValue("attempt"),
                        attempt.getValue("at"),
                        attempt.getValue("worker"),
                        attempt.getValue("error_code"),
                        attempt.getValue("error")));
    }

    /** Command and error output of FFmpeg, indented below the attempt; empty if it has none. */
    private static String diagnostics(Object entry) {
        return entry instanceof JsonObject attempt && attempt.getValue("diagnostics") instanceof String details
                ? TerminalEscaper.escapeMultiline(details).indent(4)
                : "";
    }

    private static String body(Buffer body) {
        String text;
        try {
            text = body.toJsonObject().encodePrettily();
        } catch (DecodeException | ClassCastException notJson) {
            text = body.toString(StandardCharsets.UTF_8);
        }
        boolean fits = text.length() <= MAX_BODY_CHARS;
        return TerminalEscaper.escapeMultiline(fits ? text : text.substring(0, MAX_BODY_CHARS))
                + (fits ? "" : "\n… (truncated)");
    }
}
