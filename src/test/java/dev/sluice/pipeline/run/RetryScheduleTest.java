package dev.sluice.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private static final List<Duration> STEPS = List.of(Duration.ofSeconds(5), Duration.ofSeconds(30));

    @Test
    void waitsLongerAfterEachAttemptAndStaysAtTheLastStep() {
        RetrySchedule retrySchedule = new RetrySchedule(STEPS, new Random(1));

        assertThat(retrySchedule.delayAfter(1)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
        assertThat(retrySchedule.delayAfter(2)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        assertThat(retrySchedule.delayAfter(9)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
    }

    @Test
    void spreadsWhatFailedTogether() {
        RetrySchedule retrySchedule = new RetrySchedule(STEPS, new Random(1));

        assertThat(IntStream.range(0, 50)
                        .mapToObj(i -> retrySchedule.delayAfter(2))
                        .distinct()
                        .count())
                .isGreaterThan(40);
    }
}
