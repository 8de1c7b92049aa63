package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExponentialBackoffTest {
    @Test
    void doublesUpToFiveSeconds() {
        ExponentialBackoff longest = new ExponentialBackoff(() -> 1.0);

        Stream<Long> waits = Stream.generate(longest::nextDelay).limit(7).map(Duration::toMillis);

        assertThat(waits).containsExactly(200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);
    }

    @Test
    void waitsAtLeastHalfOfTheCeiling() {
        ExponentialBackoff shortest = new ExponentialBackoff(() -> 0.0);

        Stream<Long> waits = Stream.generate(shortest::nextDelay).limit(3).map(Duration::toMillis);

        assertThat(waits).containsExactly(100L, 200L, 400L);
    }

    @Test
    void startsOverWhenAllWasWell() {
        ExponentialBackoff backoff = new ExponentialBackoff(() -> 1.0);
        Stream.generate(backoff::nextDelay).limit(5).forEach(wait -> {});

        backoff.reset();

        assertThat(backoff.nextDelay()).isEqualTo(Duration.ofMillis(200));
    }
}
