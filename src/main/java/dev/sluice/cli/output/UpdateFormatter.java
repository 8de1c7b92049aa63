package dev.sluice.cli.output;

import dev.sluice.common.text.TerminalEscaper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** An update, whoever sent it, as a line for a person. */
public final class UpdateFormatter {
    private static final String STATUS_FAILED = "failed";

    private UpdateFormatter() {}

    public static String format(JsonObject update) {
        List<String> parts = new ArrayList<>();
        parts.add("%-10s %3s %%  %s"
                .formatted(
                        text(update, "status", "?"), text(update, "progress", "?"), text(update, "current_step", "?")));
        if (update.getValue("eta_seconds") instanceof Number seconds) {
            parts.add("(" + seconds + " s to go)");
        }
        if (isFailed(update)) {
            parts.add(text(update, "error_message", "no reason given"));
            parts.add("(" + text(update, "error_code", "no code") + ")");
        }
        for (String results : List.of("video_versions", "thumbnails")) {
            if (isFinal(update) && update.getValue(results) instanceof JsonArray made && !made.isEmpty()) {
                parts.add(results + ": " + made.size());
            }
        }
        return TerminalEscaper.escape(String.join("  ", parts));
    }

    /** Whether it is the last of its job. */
    public static boolean isFinal(JsonObject update) {
        return isFailed(update) || "completed".equals(update.getValue("status"));
    }

    /** Whether it says that its job failed. */
    public static boolean isFailed(JsonObject update) {
        return STATUS_FAILED.equals(update.getValue("status"));
    }

    private static String text(JsonObject update, String field, String otherwise) {
        Object value = update.getValue(field);
        return value == null ? otherwise : String.valueOf(value);
    }
}
