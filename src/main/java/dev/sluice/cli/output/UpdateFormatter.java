package dev.sluice.cli.output;

import dev.sluice.common.text.TerminalEscaper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Formats an update of any producer as one line. */
public final class UpdateFormatter {
    private static final String STATUS_FAILED = "failed";

    private UpdateFormatter() {}

    public static String format(JsonObject update) {
        List<String> parts = new ArrayList<>();
        parts.add("%-10s %3s %%  %s"
                .formatted(
                        text(update, "status", "?"), text(update, "progress", "?"), text(update, "current_step", "?")));
        if (update.getValue("eta_seconds") instanceof Number seconds) {
            parts.add("(" + seconds + " s remaining)");
        }
        if (isFailed(update)) {
            parts.add(text(update, "error_message", "no error message"));
            parts.add("(" + text(update, "error_code", "no error code") + ")");
        }
        for (String field : List.of("video_versions", "thumbnails")) {
            if (isFinal(update) && update.getValue(field) instanceof JsonArray outputs && !outputs.isEmpty()) {
                parts.add(field + ": " + outputs.size());
            }
        }
        return TerminalEscaper.escape(String.join("  ", parts));
    }

    /** Whether it is the last update of its job. */
    public static boolean isFinal(JsonObject update) {
        return isFailed(update) || "completed".equals(update.getValue("status"));
    }

    /** Whether its job failed. */
    public static boolean isFailed(JsonObject update) {
        return STATUS_FAILED.equals(update.getValue("status"));
    }

    private static String text(JsonObject update, String field, String fallback) {
        Object value = update.getValue(field);
        return value == null ? fallback : String.valueOf(value);
    }
}
