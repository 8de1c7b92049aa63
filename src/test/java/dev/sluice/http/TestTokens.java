package dev.sluice.http;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Creates valid and invalid tokens. */
public final class TestTokens {
    public static final String SECRET = "a secret of tests, 32 characters and more";

    private TestTokens() {}

    /** A token that expires after {@code seconds}. */
    public static String brief(String subject, int seconds) {
        return signed(claims(subject).put("exp", Instant.now().getEpochSecond() + seconds), SECRET);
    }

    public static String of(String subject) {
        return signed(claims(subject), SECRET);
    }

    public static String admin() {
        return signed(claims("root").put("admin", true), SECRET);
    }

    public static JsonObject claims(String subject) {
        return new JsonObject().put("sub", subject).put("exp", Instant.now().getEpochSecond() + 600);
    }

    public static String signed(JsonObject claims, String secret) {
        return mac(content("HS256", claims), secret);
    }

    /** A token with these additional header fields. */
    public static String signed(JsonObject header, JsonObject claims) {
        JsonObject all = new JsonObject().put("typ", "JWT").put("alg", "HS256").mergeIn(header);
        return mac(base64(all) + "." + base64(claims), SECRET);
    }

    private static String mac(String content, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String signed(JsonObject claims, PrivateKey key) {
        String content = content("RS256", claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String content(String algorithm, JsonObject claims) {
        JsonObject header = new JsonObject().put("typ", "JWT").put("alg", algorithm);
        return base64(header) + "." + base64(claims);
    }

    /** All characters but ASCII are escaped, so that a text may contain half of a surrogate pair. */
    private static String base64(JsonObject json) {
        StringBuilder text = new StringBuilder();
        json.encode()
                .chars()
                .forEach(c -> text.append(c < 128 ? String.valueOf((char) c) : String.format("\\u%04x", c)));
        return base64(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
