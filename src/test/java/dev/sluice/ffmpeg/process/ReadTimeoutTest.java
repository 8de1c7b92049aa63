package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadTimeoutTest {
    private static final Duration BASE = Duration.ofSeconds(60);

    @Test
    void returnsBaseTimeoutForSmallFiles() {
        assertThat(ReadTimeout.forBytes(BASE, 0)).isEqualTo(BASE);
        assertThat(ReadTimeout.forBytes(BASE, (10 << 20) - 1)).isEqualTo(BASE);
    }

    @Test
    void addsOneSecondPerTenMebibytes() {
        assertThat(ReadTimeout.forBytes(BASE, 20L << 30)).isEqualTo(BASE.plusSeconds(2048));
        assertThat(ReadTimeout.forBytes(BASE, Long.MAX_VALUE)).isGreaterThan(Duration.ofDays(1));
    }
}
