package dev.sluice.endtoend;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Samples the stacks of all event loops, and collects which of the given classes use them for long: small payloads may be parsed on
 * an event loop. Long is CPU time, because a thread can wait for a processor in any method.
 */
final class EventLoopSampler {
    private static final String EVENT_LOOP = "eventloop";
    private static final long INTERVAL_NANOS = 500_000;
    private static final Duration LONG = Duration.ofMillis(5);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<String> watched;
    private final Map<Sighting, Long> firstSeen = new HashMap<>();
    private final Set<String> found = new TreeSet<>();
    private final Thread thread = new Thread(this::sample, "stack-sampler");
    private volatile boolean stopped;

    /** A watched class on the stack of a thread. */
    private record Sighting(long thread, String className) {}

    private EventLoopSampler(List<String> watched) {
        this.watched = watched;
    }

    static EventLoopSampler watch(String... classes) {
        EventLoopSampler sampler = new EventLoopSampler(List.of(classes));
        sampler.thread.setDaemon(true);
        sampler.thread.start();
        return sampler;
    }

    /** Stops sampling; the watched classes that were on the stack of an event loop for {@link #LONG}, without interruption. */
    Set<String> found() throws InterruptedException {
        stopped = true;
        thread.join();
        return found;
    }

    private void sample() {
        while (!stopped) {
            Thread.getAllStackTraces().forEach((sampled, stack) -> {
                if (sampled.getName().contains(EVENT_LOOP)) {
                    watched.forEach(className -> sample(new Sighting(sampled.getId(), className), stack));
                }
            });
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private void sample(Sighting sighting, StackTraceElement[] stack) {
        if (Arrays.stream(stack).noneMatch(frame -> frame.getClassName().equals(sighting.className()))) {
            firstSeen.remove(sighting);
            return;
        }
        long cpu = threads.getThreadCpuTime(sighting.thread());
        if (cpu - firstSeen.computeIfAbsent(sighting, first -> cpu) >= LONG.toNanos()) {
            found.add(sighting.className());
        }
    }
}
