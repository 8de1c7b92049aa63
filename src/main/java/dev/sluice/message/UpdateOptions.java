package dev.sluice.message;

import dev.sluice.job.StepScheme;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How whoever sent a job wants it to answer.
 *
 * @param steps the words in which it tells how far it is
 * @param thumbnails whether there are to be any among the results
 * @param progress whether it tells how far it is between two steps
 * @param interval the least time between two such updates; zero: as the publisher is configured
 */
public record UpdateOptions(StepScheme stepScheme, boolean thumbnails, boolean progress, Duration interval) {
    // First: the constants after it are made with it.
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

    /** What a staged job gets that asks for nothing. */
    public static final UpdateOptions STAGED = new UpdateOptions(StepScheme.STAGED, true, true, Duration.ZERO);

    private static final String SINGLE_STAGE = "single-stage";
    private static final double MILLIS = 1000.0;

    public UpdateOptions {
        interval = interval.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : interval;
    }

    /** What the field of a staged job says; a field that somebody else uses for something of his own says nothing. */
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

    /** That many seconds, or the longest interval there is. */
    static Duration interval(double seconds) {
        return Duration.ofMillis(Math.round(Math.min(seconds, (double) LONGEST_INTERVAL.toSeconds()) * MILLIS));
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("steps", SINGLE_STAGE)
                .put("thumbnails", thumbnails)
                .put("progress", progress)
                .put("intervalSeconds", interval.toMillis() / MILLIS);
    }
}
