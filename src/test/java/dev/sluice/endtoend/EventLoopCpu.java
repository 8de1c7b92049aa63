package dev.sluice.endtoend;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the longest time for which an event loop served nothing else, as CPU time: on a busy machine a thread also waits for
 * the CPU.
 */
final class EventLoopCpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final AtomicLong longestNanos = new AtomicLong();
    private volatile boolean stopped;

    private EventLoopCpu() {}

    /** Measures all event loops until {@link #stop}. */
    static EventLoopCpu measure(Vertx vertx) {
        EventLoopCpu cpu = new EventLoopCpu();
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            loop.execute(() -> cpu.turn(loop, Long.MAX_VALUE));
        }
        return cpu;
    }

    /** Returns milliseconds. */
    long stop() {
        stopped = true;
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
    }

    private void turn(EventExecutor loop, long before) {
        long now = THREADS.getCurrentThreadCpuTime();
        longestNanos.accumulateAndGet(now - before, Math::max);
        if (!stopped) {
            var unused = loop.schedule(() -> turn(loop, now), 1, TimeUnit.MILLISECONDS);
        }
    }
}
