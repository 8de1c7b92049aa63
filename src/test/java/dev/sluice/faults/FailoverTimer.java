package dev.sluice.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Measures how long the runs of a worker that is gone stand still: from its end to the next claim of each. */
final class FailoverTimer implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final FaultServices services;
    private final List<Loss> open = new CopyOnWriteArrayList<>();
    private final List<Regained> regained = new CopyOnWriteArrayList<>();
    private final List<Loss> endedItself = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

    /** How a worker went away. */
    enum How {
        KILLED,
        FROZEN
    }

    /** A run that was under way when its worker went away. */
    record Loss(How how, String job, String stage, int task, int attempt, Instant at) {}

    /** A run that is claimed again. */
    record Regained(Loss loss, Instant at) {
        Duration after() {
            return Duration.between(loss.at(), at);
        }
    }

    FailoverTimer(FaultServices services) {
        this.services = services;
        watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Notes what this process worked on; to be called when it does nothing any more. Gives how many runs that were, none when
     * the database cannot be asked now.
     */
    int lost(How how, long pid, Instant at) {
        try {
            List<Loss> losses = runsOf(pid).stream()
                    .map(row -> new Loss(
                            how,
                            text(row, "job_id"),
                            text(row, "stage"),
                            Integer.parseInt(text(row, "task")),
                            Integer.parseInt(text(row, "attempt")),
                            at))
                    .toList();
            open.addAll(losses);
            return losses.size();
        } catch (IllegalStateException databaseIsAway) {
            return 0;
        }
    }

    /** Whether this process has work under way; no, when the database cannot be asked now. */
    boolean isAtWork(long pid) {
        try {
            return !runsOf(pid).isEmpty();
        } catch (IllegalStateException databaseIsAway) {
            return false;
        }
    }

    private List<Map<String, String>> runsOf(long pid) {
        return services.postgres()
                .database()
                .query("SELECT job_id, stage, task, attempt FROM sluice.stage_run WHERE state = 'running'"
                        + " AND split_part(worker, ':', 2) = '" + pid + "'");
    }

    private void look() {
        try {
            for (Loss loss : open) {
                look(loss);
            }
        } catch (IllegalStateException databaseIsAway) {
            // The next look is soon enough.
            return;
        }
    }

    private void look(Loss loss) {
        List<Map<String, String>> rows = services.postgres()
                .database()
                .query("SELECT attempt, state, extract(epoch FROM started_at) AS started FROM sluice.stage_run"
                        + " WHERE job_id = '" + loss.job() + "' AND stage = '" + loss.stage() + "' AND task = "
                        + loss.task());
        for (Map<String, String> run : rows) {
            boolean again = Integer.parseInt(text(run, "attempt")) > loss.attempt();
            if (again) {
                regained.add(new Regained(loss, SnapshotReader.instant(text(run, "started"))));
                open.remove(loss);
            } else if (List.of("done", "failed").contains(text(run, "state"))) {
                endedItself.add(loss);
                open.remove(loss);
            }
        }
    }

    private static String text(Map<String, String> row, String column) {
        return Optional.ofNullable(row.get(column)).orElse("");
    }

    List<Regained> regained() {
        return List.copyOf(regained);
    }

    /** Runs that their own worker ended after all: one that was frozen and woke before anybody had taken them. */
    List<Loss> endedItself() {
        return new ArrayList<>(endedItself);
    }

    List<Loss> stillOpen() {
        return List.copyOf(open);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
