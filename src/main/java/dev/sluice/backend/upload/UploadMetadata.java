package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.text.TextSanitizer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a client declares about an upload, in the form of the tus header {@code Upload-Metadata}: {@code key base64,key base64}. */
public final class UploadMetadata {
    private static final int MAX_QUOTED = 100;

    private UploadMetadata() {}

    /**
     * The value of a key.
     *
     * @throws RequestRejectedException INVALID, if it is not Base64
     */
    public static Optional<String> value(Optional<String> metadata, String key) {
        for (String pair : metadata.orElse("").split(",", -1)) {
            String[] parts = pair.strip().split(" ", 2);
            if (parts.length == 2 && parts[0].equals(key)) {
                return Optional.of(decode(key, parts[1]));
            }
        }
        return Optional.empty();
    }

    static String pair(String key, String value) {
        return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String key, String value) {
        try {
            return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw new RequestRejectedException(
                    RequestRejectedException.Reason.INVALID,
                    "The value of " + key + " in header Upload-Metadata is '"
                            + TextSanitizer.singleLine(value, MAX_QUOTED) + "'; it must be Base64.");
        }
    }
}
