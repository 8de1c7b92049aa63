package dev.sluice.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RequeueDelayTest {
    @Test
    void waitsTheLongerTheOftenerItCameBack() {
        assertThat(LongStream.of(0, 1, 2, 3, 4, 5, 6, 20, Long.MAX_VALUE).mapToObj(RequeueDelay::forDeliveryCount))
                .extracting(Duration::toSeconds)
                .containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L);
    }
}
