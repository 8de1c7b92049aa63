package dev.sluice.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {
    private static final String SECRET = "a-secret-of-thirty-two-characters";
    private static final Buffer BODY = Buffer.buffer("{\"event\":\"job.completed\",\"job_id\":\"7\"}");

    /** Expected value: {@code printf '1764000000.…' | openssl dgst -sha256 -hmac a-secret-of-thirty-two-characters}. */
    @Test
    void matchesOpenssl() {
        assertThat(WebhookSignature.of(SECRET, 1_764_000_000, BODY))
                .isEqualTo("v1=9f2e82bd6b7b8976ee9f306bff0f964999a0ea9e43e2a11ff49303d0c9aec7c0");
    }

    @Test
    void dependsOnTimeBodyAndSecret() {
        assertThat(WebhookSignature.of(SECRET, 1_764_000_000, BODY))
                .isNotEqualTo(WebhookSignature.of(SECRET, 1_764_000_001, BODY))
                .isNotEqualTo(WebhookSignature.of(SECRET, 1_764_000_000, Buffer.buffer("{}")))
                .isNotEqualTo(WebhookSignature.of(SECRET + "!", 1_764_000_000, BODY));
    }
}
