package dev.sluice.backend.stream;

import dev.sluice.job.JobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs stream tokens with HMAC-SHA256. A token has a fixed size and contains no name: it becomes part of URLs, which viewers see. All
 * processes with the same secret accept it. Pure.
 */
final class StreamTokenCodec {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String KEY_LABEL = "sluice signed streams v1";
    private static final byte TOKEN_LABEL = 1;
    private static final byte BINDING_LABEL = 2;

    private static final int CLAIMS_BYTES = 2 * Long.BYTES + Long.BYTES + 2 * Integer.BYTES;
    private static final int MAC_BYTES = 32;

    private final SecretKeySpec key;

    /** @param secret from which the key is derived; signatures of the secret itself are no tokens */
    StreamTokenCodec(String secret) {
        SecretKeySpec root = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.key = new SecretKeySpec(hmac(root, KEY_LABEL.getBytes(StandardCharsets.UTF_8)), ALGORITHM);
    }

    /** The token in the alphabet of URLs. */
    String encode(StreamToken token) {
        byte[] claims = ByteBuffer.allocate(CLAIMS_BYTES)
                .putLong(token.issued().getEpochSecond())
                .putInt(Math.toIntExact(token.valid().toSeconds()))
                .putInt(token.growing())
                .putLong(token.binding().high())
                .putLong(token.binding().low())
                .array();
        byte[] signed = ByteBuffer.allocate(CLAIMS_BYTES + MAC_BYTES)
                .put(claims)
                .put(sign(token.job(), claims))
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    /** The token of a URL of this job; empty unless its signature is valid. */
    Optional<StreamToken> decode(JobId job, String text) {
        byte[] signed;
        try {
            signed = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        if (signed.length != CLAIMS_BYTES + MAC_BYTES) {
            return Optional.empty();
        }
        byte[] claims = Arrays.copyOf(signed, CLAIMS_BYTES);
        byte[] mac = Arrays.copyOfRange(signed, CLAIMS_BYTES, signed.length);
        // Takes the same time wherever they differ.
        if (!MessageDigest.isEqual(sign(job, claims), mac)) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(claims);
        Instant issued = Instant.ofEpochSecond(fields.getLong());
        Duration valid = Duration.ofSeconds(fields.getInt());
        int growing = fields.getInt();
        return Optional.of(new StreamToken(
                job, growing, issued, valid, new StreamToken.Binding(fields.getLong(), fields.getLong())));
    }

    /** A keyed digest of a media item and its owner. */
    StreamToken.Binding binding(String mediaId, Optional<String> owner) {
        ByteBuffer digest = ByteBuffer.wrap(hmac(key, message(BINDING_LABEL, mediaId, bytes(owner.orElse("")))));
        return new StreamToken.Binding(digest.getLong(), digest.getLong());
    }

    private byte[] sign(JobId job, byte[] claims) {
        return hmac(key, message(TOKEN_LABEL, job.value(), claims));
    }

    /** Unambiguous: the name is preceded by its length. */
    private static byte[] message(byte label, String name, byte[] rest) {
        byte[] first = bytes(name);
        return ByteBuffer.allocate(1 + Integer.BYTES + first.length + rest.length)
                .put(label)
                .putInt(first.length)
                .put(first)
                .put(rest)
                .array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hmac(SecretKeySpec key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, missing);
        }
    }
}
