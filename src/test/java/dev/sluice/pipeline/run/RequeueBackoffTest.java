package dev.sluice.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RequeueBackoffTest {
    @Test
    void growsWithDeliveryCount() {
        List<Long> ceilings = List.of(2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L);

        List<Double> delays = LongStream.of(0, 1, 2, 3, 4, 5, 6, 20, Long.MAX_VALUE)
                .mapToObj(count -> DeliverySettlement.REQUEUE_BACKOFF.delay(count + 1))
                .map(Duration::toMillis)
                .map(Long::doubleValue)
                .toList();

        for (int i = 0; i < ceilings.size(); i++) {
            assertThat(delays.get(i) / 1000).isBetween(ceilings.get(i) * 0.8, (double) ceilings.get(i));
        }
    }
}
