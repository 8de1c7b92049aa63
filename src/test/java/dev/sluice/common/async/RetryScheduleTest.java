package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private final RetrySchedule schedule = new RetrySchedule(List.of(Duration.ofSeconds(5), Duration.ofSeconds(30)));
    private final Random random = new Random(1);

    @Test
    void growsWithEachAttemptAndRepeatsTheLastDelay() {
        assertThat(schedule.delay(1, random)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
        assertThat(schedule.delay(2, random)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        assertThat(schedule.delay(3, random)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        assertThat(schedule.delay(9, random)).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
    }

    @Test
    void spreadsDelaysOfTheSameAttempt() {
        assertThat(IntStream.range(0, 50)
                        .mapToObj(i -> schedule.delay(2, random))
                        .distinct()
                        .count())
                .isGreaterThan(40);
    }
}
