package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong();

    @Test
    void startsOverWithEachProgress() {
        Watchdog stall = new Watchdog(Optional.of(TEN), Duration.ofHours(1), Optional::empty, now::get);
        pass(9);

        stall.reset();
        pass(9);

        assertThat(stall.remaining()).isEqualTo(Duration.ofSeconds(1));
        assertThat(stall.failure().code()).isEqualTo(ErrorCode.FFMPEG_STALLED);
        assertThat(stall.failure().message()).isEqualTo("FFmpeg made no progress for 10 s and was stopped.");
    }

    @Test
    void isNotImpressedByProgressWhenThereIsADeadline() {
        Watchdog deadline = new Watchdog(Optional.empty(), TEN, Optional::empty, now::get);
        pass(9);

        deadline.reset();
        pass(2);

        assertThat(deadline.remaining()).isNegative();
        assertThat(deadline.failure().code()).isEqualTo(ErrorCode.FFMPEG_STALLED);
    }

    @Test
    void endsAnEncodeThatGetsOnForTooLong() {
        Watchdog encode = new Watchdog(Optional.of(TEN), Duration.ofSeconds(25), Optional::empty, now::get);
        for (int i = 0; i < 3; i++) {
            pass(8);
            encode.reset();
        }

        assertThat(encode.remaining()).isEqualTo(Duration.ofSeconds(1));
        pass(1);

        assertThat(encode.remaining()).isZero();
        assertThat(encode.failure().code()).isEqualTo(ErrorCode.TIME_EXCEEDED);
        assertThat(encode.failure().message())
                .isEqualTo("The encode exceeded the limit of 25 s (ffmpeg.maxEncodeSeconds) and was stopped.");
    }

    @Test
    void takesWhatIsWrittenForProgressWhenTheProcessIsSilent() {
        AtomicLong bytes = new AtomicLong();
        Watchdog encode = new Watchdog(
                Optional.of(TEN),
                Duration.ofHours(1),
                () -> Optional.of(new OutputActivity.Snapshot(bytes.get(), Instant.EPOCH)),
                now::get);
        for (int i = 0; i < 10; i++) {
            pass(2);
            bytes.incrementAndGet();
            encode.poll();
            assertThat(encode.remaining()).isPositive();
        }

        for (int i = 0; i < 20; i++) {
            pass(1);
            encode.poll();
        }

        assertThat(encode.remaining()).isNegative();
        assertThat(encode.failure().code()).isEqualTo(ErrorCode.FFMPEG_STALLED);
    }

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
