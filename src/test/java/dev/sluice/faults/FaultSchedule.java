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
 * Lets faults happen one after another, some at the same time. The seed decides which, in what order, on which worker and how
 * far apart; what they meet is the run's own doing.
 */
final class FaultSchedule {
    private static final long LONGEST_END_SECONDS = 120;

    private final FaultScenario scenario;
    private final Random random;
    private final Duration gap;
    private final List<Drawn> all;
    private final List<Fault> deck = new ArrayList<>();
    private final Set<Target> busy = Collections.synchronizedSet(EnumSet.noneOf(Target.class));
    private final List<Injected> injected = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService faults = Executors.newCachedThreadPool();
    private final Thread dealer = new Thread(this::deal, "fault-dealer");
    private volatile boolean through;

    /** A fault, and how many of it there are in the deck. */
    record Drawn(Fault fault, int weight) {}

    /**
     * A fault that happened.
     *
     * @param on the worker, where it was one's
     * @param met what it met
     * @param failure how it failed to happen, which is the bench's own mistake
     */
    record Injected(
            String name, Target target, String on, Instant from, Instant to, String met, Optional<String> failure) {
        /** Whether something was there for it to happen to. */
        boolean hit() {
            return !met.startsWith(Fault.NOTHING);
        }
    }

    /** @param gap the mean time between the beginnings of two faults */
    FaultSchedule(FaultScenario scenario, long seed, Duration gap, List<Drawn> all) {
        this.scenario = scenario;
        this.random = new Random(seed);
        this.gap = gap;
        this.all = all;
        // Each once before any comes twice: also a short run meets them all.
        all.forEach(drawn -> deck.add(drawn.fault()));
        Collections.shuffle(deck, random);
    }

    void start() {
        dealer.start();
    }

    private void deal() {
        try {
            while (!over.await(nextGap(), TimeUnit.MILLISECONDS)) {
                if (deck.isEmpty()) {
                    through = true;
                    all.forEach(drawn -> deck.addAll(Collections.nCopies(drawn.weight(), drawn.fault())));
                    Collections.shuffle(deck, random);
                }
                dealOne();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private long nextGap() {
        return gap.toMillis() / 2 + random.nextInt((int) gap.toMillis() + 1);
    }

    /** The first of the deck whose target is free; none, when all are taken. */
    private void dealOne() {
        for (Iterator<Fault> left = deck.iterator(); left.hasNext(); ) {
            Fault fault = left.next();
            Optional<WorkerProcess> worker = fault.target() == Target.A_WORKER ? lend() : Optional.empty();
            boolean free = fault.target() == Target.A_WORKER ? worker.isPresent() : busy.add(fault.target());
            if (free) {
                left.remove();
                FaultContext context = new FaultContext(scenario, worker, new Random(random.nextLong()), over);
                faults.execute(() -> happen(fault, context));
                return;
            }
        }
    }

    /** One worker is always left alone. */
    private Optional<WorkerProcess> lend() {
        List<WorkerProcess> workers = new ArrayList<>(scenario.workers());
        Collections.shuffle(workers, random);
        boolean oneLeft = workers.stream().filter(WorkerProcess::isLent).count() < workers.size() - 1;
        return oneLeft ? workers.stream().filter(WorkerProcess::lend).findFirst() : Optional.empty();
    }

    private void happen(Fault fault, FaultContext context) {
        Instant from = Instant.now();
        String on = context.lent().map(WorkerProcess::toString).orElse("");
        try {
            String met = fault.happen(context);
            injected.add(new Injected(fault.name(), fault.target(), on, from, Instant.now(), met, Optional.empty()));
        } catch (Exception failure) {
            injected.add(new Injected(
                    fault.name(), fault.target(), on, from, Instant.now(), "", Optional.of(failure.toString())));
        } finally {
            context.lent().ifPresent(WorkerProcess::giveBack);
            busy.remove(fault.target());
        }
    }

    /** Whether each kind of fault has been dealt. */
    boolean isThrough() {
        return through;
    }

    /** What has happened and is over. */
    List<Injected> injected() {
        return List.copyOf(injected);
    }

    /** Ends what is happening, and waits until all is well. */
    void end() throws InterruptedException {
        over.countDown();
        dealer.join();
        faults.shutdown();
        if (!faults.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
            faults.shutdownNow();
            throw new IllegalStateException("a fault does not end");
        }
    }
}
