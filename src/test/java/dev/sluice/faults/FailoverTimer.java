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

/** Measures failover: the time from the loss of a worker to the next claim of each of its runs. */
final class FailoverTimer implements AutoCloseable {
    private static final long POLL_MILLIS = 200;

    private final FaultServices services;
    private final List<Loss> open = new CopyOnWriteArrayList<>();
    private final List<Reclaimed> reclaimed = new CopyOnWriteArrayList<>();
    private final List<Loss> settledByOwner = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

    /** How a worker was lost. */
    enum How {
        KILLED,
        FROZEN
    }

    /** A run that was in progress when its worker was lost. */
    record Loss(How how, String job, String stage, int task, int attempt, Instant at) {}

    /** A run that was claimed again. */
    record Reclaimed(Loss loss, Instant at) {
        Duration after() {
            return Duration.between(loss.at(), at);
        }
    }

    FailoverTimer(FaultServices services) {
        this.services = services;
        watch.scheduleWithFixedDelay(this::poll, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Records the runs of this process; must be called after it has stopped. Returns their number; 0 if the database is
     * unavailable.
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
        } catch (IllegalStateException databaseUnavailable) {
            return 0;
        }
    }

    /** Whether this process has runs in progress; false if the database is unavailable. */
    boolean isAtWork(long pid) {
        try {
            return !runsOf(pid).isEmpty();
        } catch (IllegalStateException databaseUnavailable) {
            return false;
        }
    }

    private List<Map<String, String>> runsOf(long pid) {
        return services.postgres()
                .database()
                .query("SELECT job_id, stage, task, attempt FROM sluice.stage_run WHERE state = 'running'"
                        + " AND split_part(worker, ':', 2) = '" + pid + "'");
    }

    private void poll() {
        try {
            for (Loss loss : open) {
                poll(loss);
            }
        } catch (IllegalStateException databaseUnavailable) {
            // The next poll repeats it.
            return;
        }
    }

    private void poll(Loss loss) {
        List<Map<String, String>> rows = services.postgres()
                .database()
                .query("SELECT attempt, state, extract(epoch FROM started_at) AS started FROM sluice.stage_run"
                        + " WHERE job_id = '" + loss.job() + "' AND stage = '" + loss.stage() + "' AND task = "
                        + loss.task());
        for (Map<String, String> run : rows) {
            boolean again = Integer.parseInt(text(run, "attempt")) > loss.attempt();
            if (again) {
                reclaimed.add(new Reclaimed(loss, SnapshotReader.instant(text(run, "started"))));
                open.remove(loss);
            } else if (List.of("done", "failed").contains(text(run, "state"))) {
                settledByOwner.add(loss);
                open.remove(loss);
            }
        }
    }

    private static String text(Map<String, String> row, String column) {
        return Optional.ofNullable(row.get(column)).orElse("");
    }

    List<Reclaimed> reclaimed() {
        return List.copyOf(reclaimed);
    }

    /** Runs settled by their own worker, which was frozen and resumed before another worker claimed them. */
    List<Loss> settledByOwner() {
        return new ArrayList<>(settledByOwner);
    }

    List<Loss> unclaimed() {
        return List.copyOf(open);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
