package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WebhooksConfigTest {
    @Test
    void retryDelayGrowsToAnHour() {
        WebhooksConfig config = Configs.defaults().backend().webhooks();

        assertThat(config.backoff())
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 30L, 60L, 300L, 900L, 3600L);
    }

    @Test
    void prefersSecretOfReceiver() {
        WebhooksConfig config = Configs.everyKeySet().backend().webhooks();

        assertThat(config.secretFor("https://hooks.test/path-pw").orElseThrow().reveal())
                .endsWith("1");
        assertThat(config.secretFor("http://10.0.0.7:9000").orElseThrow().reveal())
                .endsWith("2");
        assertThat(config.secretFor("https://named-by-a-job.test/")
                        .orElseThrow()
                        .reveal())
                .endsWith("2");
        assertThat(Configs.defaults().backend().webhooks().secretFor("https://hooks.test/path-pw"))
                .isEmpty();
    }
}
