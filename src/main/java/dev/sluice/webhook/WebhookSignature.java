package dev.sluice.webhook;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs webhook requests with HMAC-SHA256. The signature covers the time, so that receivers can detect replays. */
public final class WebhookSignature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String SECRET_OF = "sluice webhook secret of ";

    private WebhookSignature() {}

    /**
     * Returns the value of the header {@code Sluice-Signature}.
     *
     * @param unixSeconds time of the request
     */
    public static String of(String secret, long unixSeconds, Buffer body) {
        return "v1="
                + hmac(
                        secret,
                        Buffer.buffer(unixSeconds + ".").appendBuffer(body).getBytes());
    }

    /**
     * Returns the secret of a user, derived from the configured secret: a user who knows it cannot sign for others.
     *
     * @param user ID of the user
     */
    public static String secretOf(String user, String secret) {
        return hmac(secret, (SECRET_OF + user).getBytes(StandardCharsets.UTF_8));
    }

    private static String hmac(String secret, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(message));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, missing);
        }
    }
}
