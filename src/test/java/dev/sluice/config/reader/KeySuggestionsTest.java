package dev.sluice.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeySuggestionsTest {
    private static final List<String> KNOWN =
            List.of("delivery", "delivery.leaseSeconds", "media.limits", "postgres.poolSize", "s3", "s3.region");

    @Test
    void suggestsKeyForTypo() {
        assertThat(KeySuggestions.forKey("delivrey.leaseSeconds", KNOWN)).contains("delivery.leaseSeconds");
        assertThat(KeySuggestions.forKey("S3", KNOWN)).contains("s3");
    }

    @Test
    void suggestsKeyWithUnit() {
        assertThat(KeySuggestions.forKey("delivery.lease", KNOWN)).contains("delivery.leaseSeconds");
    }

    @Test
    void suggestsKeyOfAnotherSection() {
        assertThat(KeySuggestions.forKey("rabbitmq.poolSize", KNOWN)).contains("postgres.poolSize");
    }

    @Test
    void suggestsNothingForUnrelatedKey() {
        assertThat(KeySuggestions.forKey("x", KNOWN)).isEmpty();
        assertThat(KeySuggestions.forKey("webhook.url", KNOWN)).isEmpty();
    }
}
