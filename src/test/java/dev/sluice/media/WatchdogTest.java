package dev.sluice.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void startsOverWithEachProgress() {
        Watchdog stall = new Watchdog(Duration.ofSeconds(10), true, now::get);
        pass(9);

        stall.progressed();
        pass(9);

        assertThat(stall.left()).isEqualTo(Duration.ofSeconds(1));
        assertThat(stall.failure().code()).isEqualTo(ErrorCode.FFMPEG_STALLED);
        assertThat(stall.failure().sentence()).isEqualTo("FFmpeg made no progress for 10 s and was stopped.");
    }

    @Test
    void isNotImpressedByProgressWhenThereIsADeadline() {
        Watchdog deadline = new Watchdog(Duration.ofSeconds(10), false, now::get);
        pass(9);

        deadline.progressed();
        pass(2);

        assertThat(deadline.left()).isNegative();
    }

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
