package dev.sluice.faults;

import dev.sluice.faults.FaultSchedule.Drawn;
import dev.sluice.faults.WorkerProcess.Way;
import dev.sluice.job.DeliveryStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one run of the bench does.
 *
 * @param jobs how many are submitted at the most
 * @param feedFor how long jobs are submitted and faults happen, at the most
 * @param drainFor how long what is under way then has to end
 * @param inFlight how many jobs are under way at once
 * @param films one in so many videos is encoded in segments; 0: none
 * @param gap the mean time between the beginnings of two faults
 */
record FaultPlan(
        String name,
        int workers,
        int jobs,
        Duration feedFor,
        Duration drainFor,
        int inFlight,
        int films,
        long seed,
        Duration gap,
        List<Drawn> faults) {

    /** About four minutes: every kind of fault at least once. */
    static FaultPlan shortRun(long seed) {
        return new FaultPlan(
                "short",
                3,
                400,
                Duration.ofSeconds(130),
                Duration.ofSeconds(120),
                8,
                0,
                seed,
                Duration.ofMillis(5500),
                everything(Duration.ofSeconds(8)));
    }

    /** About two minutes, in which every other video is encoded in segments by all workers, each with a disk of its own. */
    static FaultPlan segmentedRun(int jobs, long seed) {
        return new FaultPlan(
                "segmented",
                3,
                jobs,
                jobs == 0 ? Duration.ofSeconds(75) : Duration.ofHours(12),
                Duration.ofSeconds(120),
                4,
                2,
                seed,
                Duration.ofSeconds(5),
                everything(Duration.ofSeconds(8)));
    }

    /** As long as the jobs take. */
    static FaultPlan longRun(int workers, int jobs, long seed) {
        return new FaultPlan(
                "long",
                workers,
                jobs,
                Duration.ofHours(12),
                Duration.ofMinutes(5),
                8,
                0,
                seed,
                Duration.ofSeconds(8),
                everything(Duration.ofSeconds(30)));
    }

    private static List<Drawn> everything(Duration refused) {
        List<Drawn> faults = new ArrayList<>(List.of(
                new Drawn(new WorkerFaults.Kill(), 4),
                new Drawn(new WorkerFaults.Freeze(), 3),
                new Drawn(new WorkerFaults.Terminate(), 1),
                new Drawn(new WorkerFaults.KillFfmpeg(), 2),
                new Drawn(new ServiceFaults.RestartRabbit(), 1),
                new Drawn(new ServiceFaults.KillRabbit(), 1),
                new Drawn(new ServiceFaults.RestartPostgres(), 1),
                new Drawn(new ServiceFaults.KillPostgres(), 1),
                new Drawn(new ServiceFaults.RefuseAtPostgres(refused), 1),
                new Drawn(ServiceFaults.SpoilStore.error500(), 1),
                new Drawn(ServiceFaults.SpoilStore.slowDown(), 1),
                new Drawn(ServiceFaults.SpoilStore.resets(), 1),
                new Drawn(new ServiceFaults.StallStore(), 1),
                new Drawn(new DiskFull(), 1),
                new Drawn(new ServiceFaults.RepeatMessages(), 2)));
        for (Way way : Way.values()) {
            faults.add(new Drawn(new WorkerFaults.Cut(way), 1));
        }
        for (DeliveryStep step : DeliveryStep.values()) {
            faults.add(new Drawn(new WorkerFaults.CrashAt(step), 1));
        }
        return List.copyOf(faults);
    }
}
