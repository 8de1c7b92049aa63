package dev.sluice.faults;

import dev.sluice.faults.Fault.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Injects faults at intervals, some concurrently. The seed determines the faults, their order, workers and intervals; their
 * effect depends on the run.
 */
final class FaultSchedule {
    private static final long END_LIMIT_SECONDS = 120;

    private final FaultScenario scenario;
    private final Random random;
    private final Duration gap;
    private final List<WeightedFault> all;
    private final List<Fault> pending = new ArrayList<>();
    private final Set<Target> busy = Collections.synchronizedSet(EnumSet.noneOf(Target.class));
    private final List<Injected> injected = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService faults = Executors.newCachedThreadPool();
    private final Thread injector = new Thread(this::run, "fault-injector");
    private volatile boolean complete;

    /** A fault, and how often it is scheduled in each pass. */
    record WeightedFault(Fault fault, int weight) {}

    /**
     * An injected fault.
     *
     * @param on the worker, if the target is one
     * @param outcome its effect
     * @param failure why the fault could not be injected, which is a failure of the test
     */
    record Injected(
            String name, Target target, String on, Instant from, Instant to, String outcome, Optional<String> failure) {
        /** Whether the fault took effect. */
        boolean hit() {
            return !outcome.startsWith(Fault.NOTHING);
        }
    }

    /** @param gap the mean time between the starts of two faults */
    FaultSchedule(FaultScenario scenario, long seed, Duration gap, List<WeightedFault> all) {
        this.scenario = scenario;
        this.random = new Random(seed);
        this.gap = gap;
        this.all = all;
        // Each fault once before any is repeated: a short run includes them all.
        all.forEach(weighted -> pending.add(weighted.fault()));
        Collections.shuffle(pending, random);
    }

    void start() {
        injector.start();
    }

    private void run() {
        try {
            while (!over.await(nextGap(), TimeUnit.MILLISECONDS)) {
                if (pending.isEmpty()) {
                    complete = true;
                    all.forEach(weighted -> pending.addAll(Collections.nCopies(weighted.weight(), weighted.fault())));
                    Collections.shuffle(pending, random);
                }
                injectNext();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private long nextGap() {
        return gap.toMillis() / 2 + random.nextInt((int) gap.toMillis() + 1);
    }

    /** Injects the first pending fault whose target is free, if any. */
    private void injectNext() {
        for (Iterator<Fault> left = pending.iterator(); left.hasNext(); ) {
            Fault fault = left.next();
            Optional<WorkerProcess> worker = fault.target() == Target.A_WORKER ? tryReserve() : Optional.empty();
            boolean free = fault.target() == Target.A_WORKER ? worker.isPresent() : busy.add(fault.target());
            if (free) {
                left.remove();
                FaultContext context = new FaultContext(scenario, worker, new Random(random.nextLong()), over);
                faults.execute(() -> inject(fault, context));
                return;
            }
        }
    }

    /** Reserves a worker; one worker always remains free. */
    private Optional<WorkerProcess> tryReserve() {
        List<WorkerProcess> workers = new ArrayList<>(scenario.workers());
        Collections.shuffle(workers, random);
        boolean oneLeft = workers.stream().filter(WorkerProcess::isReserved).count() < workers.size() - 1;
        return oneLeft ? workers.stream().filter(WorkerProcess::tryReserve).findFirst() : Optional.empty();
    }

    private void inject(Fault fault, FaultContext context) {
        Instant from = Instant.now();
        String on = context.reserved().map(WorkerProcess::toString).orElse("");
        try {
            String outcome = fault.inject(context);
            injected.add(new Injected(fault.name(), fault.target(), on, from, Instant.now(), outcome, Optional.empty()));
        } catch (Exception failure) {
            injected.add(new Injected(
                    fault.name(), fault.target(), on, from, Instant.now(), "", Optional.of(failure.toString())));
        } finally {
            context.reserved().ifPresent(WorkerProcess::release);
            busy.remove(fault.target());
        }
    }

    /** Whether each kind of fault has been injected. */
    boolean isComplete() {
        return complete;
    }

    /** The faults that have ended. */
    List<Injected> injected() {
        return List.copyOf(injected);
    }

    /** Ends the active faults and waits for them. */
    void end() throws InterruptedException {
        over.countDown();
        injector.join();
        faults.shutdown();
        if (!faults.awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            faults.shutdownNow();
            throw new IllegalStateException("a fault did not end in " + END_LIMIT_SECONDS + " s");
        }
    }
}
