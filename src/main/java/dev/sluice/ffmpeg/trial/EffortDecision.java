package dev.sluice.ffmpeg.trial;

import dev.sluice.config.MediaConfig.Effort;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * The effort of an encode, and why.
 *
 * @param excerpts that were encoded with both efforts
 * @param bytes relative change of the bytes of these excerpts with {@link Effort#REDUCED}
 * @param psnr change of their PSNR (luma), dB
 */
public record EffortDecision(Effort effort, Reason reason, int excerpts, double bytes, double psnr) {
    private static final double DIGITS = 1000.0;

    /** Why an effort was chosen. */
    public enum Reason {
        /** Size and quality of the excerpts are about the same with both efforts. */
        SIMILAR,
        /** The reduced effort needs more bytes for the quality of the preset. */
        DIFFERENT,
        /** A trial costs more than it may save, or there is only one rendition. */
        NO_TRIAL,
        /** The trial could not be completed. */
        FAILED
    }

    static EffortDecision withoutExcerpts(Reason reason) {
        return new EffortDecision(Effort.PRESET, reason, 0, 0, 0);
    }

    /** The fields by their names in the API. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("effort", effort.key())
                .put("reason", reason.name().toLowerCase(Locale.ROOT));
        return excerpts == 0
                ? json
                : json.put("excerpts", excerpts)
                        .put("bytes_percent", Math.round(100 * bytes * DIGITS) / DIGITS)
                        .put("psnr_db", Math.round(psnr * DIGITS) / DIGITS);
    }
}
