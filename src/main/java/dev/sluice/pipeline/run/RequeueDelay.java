package dev.sluice.pipeline.run;

import java.time.Duration;

/**
 * How long a delivery that cannot be settled is kept before it goes back: the broker sends it again at once. Quorum queues
 * count how often, and RabbitMQ 4.0 drops what came back 20 times unless a policy says otherwise: the more often, the longer.
 */
final class RequeueDelay {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final long DOUBLINGS = 5;

    private RequeueDelay() {}

    /** @param returns how often the broker says that it came back already, 0 or more; 0 where it does not count */
    static Duration forDeliveryCount(long returns) {
        Duration grown = FIRST.multipliedBy(1L << Math.min(returns, DOUBLINGS));
        return grown.compareTo(LONGEST) > 0 ? LONGEST : grown;
    }
}
