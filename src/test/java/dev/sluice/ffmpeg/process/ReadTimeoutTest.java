package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadTimeoutTest {
    private static final Duration LOOK = Duration.ofSeconds(60);

    @Test
    void isThatOfALookForWhatIsSmall() {
        assertThat(ReadTimeout.forBytes(LOOK, 0)).isEqualTo(LOOK);
        assertThat(ReadTimeout.forBytes(LOOK, (10 << 20) - 1)).isEqualTo(LOOK);
    }

    @Test
    void growsASecondWithEachTenMebibytes() {
        assertThat(ReadTimeout.forBytes(LOOK, 20L << 30)).isEqualTo(LOOK.plusSeconds(2048));
        assertThat(ReadTimeout.forBytes(LOOK, Long.MAX_VALUE)).isGreaterThan(Duration.ofDays(1));
    }
}
