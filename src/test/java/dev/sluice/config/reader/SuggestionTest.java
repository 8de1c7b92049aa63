package dev.sluice.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {
    private static final List<String> KNOWN =
            List.of("delivery", "delivery.leaseSeconds", "media.limits", "postgres.poolSize", "s3", "s3.region");

    @Test
    void findsWhatWasMistyped() {
        assertThat(Suggestion.forKey("delivrey.leaseSeconds", KNOWN)).contains("delivery.leaseSeconds");
        assertThat(Suggestion.forKey("S3", KNOWN)).contains("s3");
    }

    @Test
    void findsAKeyThatLacksItsUnit() {
        assertThat(Suggestion.forKey("delivery.lease", KNOWN)).contains("delivery.leaseSeconds");
    }

    @Test
    void findsAKeyInAnotherSection() {
        assertThat(Suggestion.forKey("rabbitmq.poolSize", KNOWN)).contains("postgres.poolSize");
    }

    @Test
    void saysNothingRatherThanNonsense() {
        assertThat(Suggestion.forKey("x", KNOWN)).isEmpty();
        assertThat(Suggestion.forKey("webhook.url", KNOWN)).isEmpty();
    }
}
