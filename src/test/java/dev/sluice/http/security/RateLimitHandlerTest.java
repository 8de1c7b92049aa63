package dev.sluice.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitHandlerTest {
    private final AtomicLong now = new AtomicLong();
    private final RateLimitHandler limit = new RateLimitHandler(10, now::get);

    @Test
    void allowsBurstOfTwiceTheRate() {
        assertThat(allowed("a", 100)).isEqualTo(20);

        now.addAndGet(TimeUnit.SECONDS.toNanos(1));

        assertThat(allowed("a", 100)).isEqualTo(10);
    }

    @Test
    void doesNotAccumulateTokensBeyondBurst() {
        now.addAndGet(TimeUnit.HOURS.toNanos(1));

        assertThat(allowed("a", 100)).isEqualTo(20);
    }

    @Test
    void limitsAddressesIndependently() {
        allowed("a", 100);

        assertThat(allowed("b", 100)).isEqualTo(20);
    }

    @Test
    void tracksBoundedNumberOfAddresses() {
        assertThat(IntStream.range(0, 20_000).allMatch(i -> limit.tryAcquire("address " + i)))
                .isTrue();
        assertThat(limit.size()).isEqualTo(10_000);
    }

    private long allowed(String address, int requests) {
        return IntStream.range(0, requests)
                .filter(i -> limit.tryAcquire(address))
                .count();
    }
}
