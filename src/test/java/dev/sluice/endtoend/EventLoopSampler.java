package dev.sluice.endtoend;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Samples the stacks of all event loops, and collects which of the given classes run on them. */
final class EventLoopSampler {
    private static final String EVENT_LOOP = "eventloop";
    private static final long INTERVAL_NANOS = 500_000;

    private final List<String> watched;
    private final Set<String> found = new TreeSet<>();
    private long hits;
    private final Thread thread = new Thread(this::sample, "stack-sampler");
    private volatile boolean stopped;

    private EventLoopSampler(List<String> watched) {
        this.watched = watched;
    }

    static EventLoopSampler watch(String... classes) {
        EventLoopSampler sampler = new EventLoopSampler(List.of(classes));
        sampler.thread.setDaemon(true);
        sampler.thread.start();
        return sampler;
    }

    /** Stops sampling; the methods of the watched classes that ran on an event loop. */
    Set<String> found() throws InterruptedException {
        stopped = true;
        thread.join();
        return found;
    }

    /** Stops sampling; the number of samples with a watched class on an event loop, at most one in half a millisecond. */
    long hits() throws InterruptedException {
        stopped = true;
        thread.join();
        return hits;
    }

    private void sample() {
        while (!stopped) {
            for (Map.Entry<Thread, StackTraceElement[]> sampled :
                    Thread.getAllStackTraces().entrySet()) {
                if (sampled.getKey().getName().contains(EVENT_LOOP)) {
                    Set<String> now = Arrays.stream(sampled.getValue())
                            .filter(frame -> watched.contains(frame.getClassName()))
                            .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                            .collect(Collectors.toSet());
                    found.addAll(now);
                    hits += now.isEmpty() ? 0 : 1;
                }
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }
}
