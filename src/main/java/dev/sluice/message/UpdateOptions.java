package dev.sluice.message;

import dev.sluice.job.StepScheme;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The updates and outputs that the producer of a job requested.
 *
 * @param stepScheme names of the steps
 * @param thumbnails whether thumbnails are created
 * @param progress whether progress updates are sent between two steps
 * @param interval minimum time between two progress updates, at most one hour; zero: as configured for the publisher
 */
public record UpdateOptions(StepScheme stepScheme, boolean thumbnails, boolean progress, Duration interval) {
    // Declared first: the constructor uses it for STAGED.
    private static final Duration MAX_INTERVAL = Duration.ofHours(1);

    /** The default of a staged job. */
    public static final UpdateOptions STAGED = new UpdateOptions(StepScheme.STAGED, true, true, Duration.ZERO);

    private static final String SINGLE_STAGE = "single-stage";
    private static final double MILLIS = 1000.0;

    public UpdateOptions {
        interval = interval.compareTo(MAX_INTERVAL) > 0 ? MAX_INTERVAL : interval;
    }

    /** Reads the field of a staged job; a field of the same name with other contents is ignored. */
    static UpdateOptions of(@Nullable Object field) {
        if (!(field instanceof JsonObject json) || !SINGLE_STAGE.equals(json.getValue("steps"))) {
            return STAGED;
        }
        return new UpdateOptions(
                StepScheme.SINGLE_STAGE,
                !Boolean.FALSE.equals(json.getValue("thumbnails")),
                !Boolean.FALSE.equals(json.getValue("progress")),
                json.getValue("intervalSeconds") instanceof Number seconds && seconds.doubleValue() > 0
                        ? interval(seconds.doubleValue())
                        : Duration.ZERO);
    }

    /** Converts seconds, limited to the maximum interval. */
    static Duration interval(double seconds) {
        return Duration.ofMillis(Math.round(Math.min(seconds, (double) MAX_INTERVAL.toSeconds()) * MILLIS));
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("steps", SINGLE_STAGE)
                .put("thumbnails", thumbnails)
                .put("progress", progress)
                .put("intervalSeconds", interval.toMillis() / MILLIS);
    }
}
