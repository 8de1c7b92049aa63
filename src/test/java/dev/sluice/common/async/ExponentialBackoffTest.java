package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExponentialBackoffTest {
    private static final double JITTER = 0.5;
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), JITTER);

    @Test
    void doublesUpToMaximum() {
        assertThat(delays(LongStream.of(1, 2, 3, 4, 5, 6, 7, 30, 31, 64, Long.MAX_VALUE), () -> 0))
                .containsExactly(200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L, 5_000L, 5_000L, 5_000L, 5_000L);
    }

    @Test
    void shortensDelayByAtMostTheJitter() {
        assertThat(delays(LongStream.of(1, 2, 3, 7), () -> -1L)).containsExactly(100L, 200L, 400L, 2_500L);
    }

    /** All workers lose the database at the same moment; each retries until an outage of one minute is over. */
    @Test
    void spreadsRetriesOfFleetAfterOutage() {
        int workers = 1_000;
        long outage = Duration.ofMinutes(1).toMillis();
        // The first retry after the outage follows within the longest delay.
        int slots = 10;
        long slotMillis = BACKOFF.max().toMillis() / slots;

        Map<Long, Long> retriesBySlot = IntStream.range(0, workers)
                .mapToObj(worker -> (firstRetryAfter(outage, new Random(worker)) - outage) / slotMillis)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        assertThat(retriesBySlot.keySet()).hasSizeGreaterThanOrEqualTo(slots - 1);
        assertThat(retriesBySlot.values()).allMatch(retries -> retries < workers / 4);
    }

    private static long firstRetryAfter(long outage, RandomGenerator random) {
        long now = 0;
        for (int attempt = 1; now < outage; attempt++) {
            now += BACKOFF.delay(attempt, random).toMillis();
        }
        return now;
    }

    private static Stream<Long> delays(LongStream attempts, RandomGenerator random) {
        return attempts.mapToObj(attempt -> BACKOFF.delay(attempt, random)).map(Duration::toMillis);
    }
}
